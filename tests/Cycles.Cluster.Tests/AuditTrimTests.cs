using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Journal;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>What is left of the audit log when its retention is over.</summary>
public sealed class AuditTrimTests
{
    private const int Rounds = 500;
    private const string Stream = "audit";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_day_whose_entries_the_store_has_let_go_is_forgotten_and_no_other()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 1);
        await cluster.Client.GetGrain<ITenantAdminGrain>("trimmed").Create(
            Origin.System("createTenant"), new TenantCreateRequest { TenantId = "trimmed", Name = "Test" });
        var store = stores.Next().Redis.Commits;
        var today = DateTime.UtcNow.ToString("yyyyMMdd");
        var month = DateTime.UtcNow.AddDays(-60).ToString("yyyyMMdd");

        // Long past their retention, and the store still has something of the second. 60 days are past the retention of requests without a key, and not of a tenant.
        await AddDaysAsync(store, "trimmed", "20200101", "20200102", month);
        await AddDaysAsync(store, AuditLogEntry.UnauthenticatedTenant, "20200101", month);
        await store.HashSetAsync(new TenantKeys("trimmed").Journal(Stream, "20200102"), "left", "over");

        await cluster.Client.GetGrain<IAuditLogGrain>(0).Query(new AuditQuery { Limit = 10 });

        await ExpectDaysAsync(store, "trimmed", "20200102", month, today);
        await ExpectDaysAsync(store, AuditLogEntry.UnauthenticatedTenant);
    }

    [Fact]
    public async Task The_name_of_a_tenant_whose_last_day_has_gone_is_forgotten_and_never_that_of_one_with_entries()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        var redis = stores.Next().Redis;
        var reader = new AuditStoreReader(redis, NullLogger.Instance);
        await redis.Commits.SetAddAsync(ClusterKeys.AuditTenants, ["gone", "left"]);
        await AddDaysAsync(redis.Commits, "gone", "20200101", "20200102");
        await AddDaysAsync(redis.Commits, "left", "20200101", "20200102");
        await redis.Commits.HashSetAsync(new TenantKeys("left").Journal(Stream, "20200102"), "left", "over");

        Assert.Equal(3, await reader.TrimDaysAsync(["gone", "left"], (_, _) => true));

        Assert.Equal("left", Assert.Single(await redis.Commits.SetMembersAsync(ClusterKeys.AuditTenants)));
        Assert.False(await redis.Commits.KeyExistsAsync(new TenantKeys("gone").JournalDays(Stream)));
    }

    [Fact]
    public async Task An_entry_that_is_written_while_its_tenant_is_forgotten_is_found()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 1);
        var trimming = stores.Next().Redis;
        var reader = new AuditStoreReader(trimming, NullLogger.Instance);
        var appends = new AuditAppends(stores.Next().Redis, cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>());
        for (var round = 0; round < Rounds; round++)
        {
            var tenantId = $"nobody-{round}";
            await trimming.Commits.SetAddAsync(ClusterKeys.AuditTenants, tenantId);
            await AddDaysAsync(trimming.Commits, tenantId, "20200101");
            var entry = AuditEntries.Failed(
                Origin.System("test"), tenantId, DateTimeOffset.UtcNow, 404, "NOT_FOUND");
            await Task.WhenAll(
                appends.AppendAsync(entry),
                reader.TrimDaysAsync([tenantId], (_, day) => day < JournalDays.NumberOf(entry.Timestamp)));
            Assert.True(await trimming.Commits.SetContainsAsync(ClusterKeys.AuditTenants, tenantId), tenantId);
            Assert.Equal(1, await trimming.Commits.SortedSetLengthAsync(new TenantKeys(tenantId).JournalDays(Stream)));
        }
    }

    private static Task AddDaysAsync(IDatabase store, string tenantId, params string[] days) => store.SortedSetAddAsync(
        new TenantKeys(tenantId).JournalDays(Stream), Array.ConvertAll(days, day => new SortedSetEntry(day, long.Parse(day))));

    private static async Task ExpectDaysAsync(IDatabase store, string tenantId, params string[] days)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            var found = await store.SortedSetRangeByRankAsync(new TenantKeys(tenantId).JournalDays(Stream));
            if (timeout.IsCancellationRequested || found.Length <= days.Length)
            {
                Assert.Equal(days, found.Select(day => (string)day!).Order(StringComparer.Ordinal));
                return;
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }
}
