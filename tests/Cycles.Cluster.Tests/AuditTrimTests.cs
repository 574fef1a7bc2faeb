using Cycles.Cluster.Tests.Servers;
using Cycles.Grains.Audit;
using Cycles.Grains.Audit.Search;
using Cycles.Grains.Store;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Tenants;
using Cycles.Silo;
using Orleans.TestingHost;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>What is left of the audit log when its retention is over.</summary>
public sealed class AuditTrimTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_day_whose_entries_the_store_has_let_go_is_forgotten_and_no_other()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) => silo.AddCyclesOn(stores.Next()));
        await using var cluster = builder.Build();
        await cluster.DeployAsync();
        await cluster.Client.GetGrain<ITenantGrain>("trimmed").Create(
            Origin.System("createTenant"), new TenantCreateRequest { TenantId = "trimmed", Name = "Test" });
        var store = stores.Next().Redis.Commits;
        var today = DateTime.UtcNow.ToString("yyyyMMdd");
        var month = DateTime.UtcNow.AddDays(-60).ToString("yyyyMMdd");

        // Long over, and of the second the store has something still; 60 days are over for who has no key, and not for a tenant.
        await AddDaysAsync(store, "trimmed", "20200101", "20200102", month);
        await AddDaysAsync(store, AuditLogEntry.UnauthenticatedTenant, "20200101", month);
        await store.HashSetAsync(new TenantKeys("trimmed").Audit("20200102"), "left", "over");

        await cluster.Client.GetGrain<IAuditLogGrain>(0).Query(new AuditQuery { Limit = 10 });

        await ExpectDaysAsync(store, "trimmed", "20200102", month, today);
        await ExpectDaysAsync(store, AuditLogEntry.UnauthenticatedTenant);
    }

    private static Task AddDaysAsync(IDatabase store, string tenantId, params string[] days) => store.SortedSetAddAsync(
        new TenantKeys(tenantId).AuditDays, Array.ConvertAll(days, day => new SortedSetEntry(day, long.Parse(day))));

    private static async Task ExpectDaysAsync(IDatabase store, string tenantId, params string[] days)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            var found = await store.SortedSetRangeByRankAsync(new TenantKeys(tenantId).AuditDays);
            if (timeout.IsCancellationRequested || found.Length <= days.Length)
            {
                Assert.Equal(days, found.Select(day => (string)day!).Order(StringComparer.Ordinal));
                return;
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }
}
