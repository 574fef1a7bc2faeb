using System.Diagnostics;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Audit;
using Cycles.Protocol.Tenants;
using Orleans.TestingHost;

namespace Cycles.Cluster.Tests;

/// <summary>The audit log shows every change that was acknowledged at once, whatever silo dies.</summary>
public sealed class AuditClusterTests(ITestOutputHelper output)
{
    // Enough that each silo has some: a tenant's grains live together.
    private const int Tenants = 6;
    private const int Changes = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(5);

    private readonly List<string> _acknowledged = [];
    private int _requests;

    [Fact]
    public async Task Every_acknowledged_change_is_in_the_log_once_and_at_once_whatever_silo_dies()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 2);
        var grains = cluster.Client;
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            await grains.GetGrain<ITenantAdminGrain>(TenantOf(tenant)).Create(
                Origin.System("createTenant"), new TenantCreateRequest { TenantId = TenantOf(tenant), Name = "0" });
        }

        await ChangeAndLookAsync(grains, "both silos", () => Task.CompletedTask);
        await ChangeAndLookAsync(
            grains, "the silo of the index is gone", async () => await cluster.KillSiloAsync(await SiloOfIndexAsync(cluster, isIndex: true)));
        await ChangeAndLookAsync(grains, "another silo has come", () => cluster.StartAdditionalSiloAsync());
        await ChangeAndLookAsync(
            grains, "a silo without the index is gone", async () => await cluster.KillSiloAsync(await SiloOfIndexAsync(cluster, isIndex: false)));
        await ChangeAndLookAsync(grains, "another silo has come again", () => cluster.StartAdditionalSiloAsync());
        await ChangeAndLookAsync(
            grains, "a silo has left in peace", async () => await cluster.StopSiloAsync(await SiloOfIndexAsync(cluster, isIndex: false)));

        // All at the end, once each: also what was written between a look and a death.
        var found = new List<string>();
        for (var (page, cursor) = (0, (string?)null); page == 0 || cursor is not null; page++)
        {
            var answer = await grains.GetGrain<IAuditLogGrain>(0).Query(
                new AuditQuery { Operations = ["updateTenant"], Limit = 30, Cursor = cursor, SortBy = AuditSort.TenantId });
            found.AddRange(answer.Entries.Select(entry => entry.RequestId!));
            cursor = answer.NextCursor;
        }

        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.Empty(_acknowledged.Except(found));
        output.WriteLine($"{_acknowledged.Count} changes were acknowledged of {_requests} tried, {found.Count} are in the log");
    }

    private static string TenantOf(int number) => $"audited-{number}";

    private static async Task<InProcessSiloHandle> SiloOfIndexAsync(InProcessTestCluster cluster, bool isIndex)
    {
        var address = await cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(cluster.Client.GetGrain<IAuditIndexGrain>(0));
        return cluster.Silos.First(silo => silo.SiloAddress.Equals(address) == isIndex);
    }

    /// <summary>
    /// Changes every tenant, then lets something happen before anybody looks; then changes one after the other and looks for each as
    /// soon as it is acknowledged.
    /// </summary>
    private async Task ChangeAndLookAsync(IGrainFactory grains, string what, Func<Task> happens)
    {
        var watch = Stopwatch.StartNew();
        var before = new List<string>();
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            before.Add(await ChangeAsync(grains, tenant));
        }

        await happens();
        foreach (var requestId in before)
        {
            await LookAsync(grains, requestId, what);
        }

        for (var change = 0; change < Changes; change++)
        {
            await LookAsync(grains, await ChangeAsync(grains, change % Tenants), what);
        }

        output.WriteLine($"{what}: {Tenants + Changes} changes and looks in {watch.ElapsedMilliseconds} ms");
    }

    private async Task<string> ChangeAsync(IGrainFactory grains, int tenant)
    {
        var requestId = await AgainAsync(async () =>
        {
            var id = $"request-{++_requests}";
            var reply = await grains.GetGrain<ITenantAdminGrain>(TenantOf(tenant)).Update(
                new Origin { Operation = "updateTenant", Actor = ActorType.Admin, RequestId = id }, new TenantUpdateRequest { Name = id });
            Assert.Null(reply.Problem);
            return id;
        });
        _acknowledged.Add(requestId);
        return requestId;
    }

    private static async Task LookAsync(IGrainFactory grains, string requestId, string when)
    {
        var page = await AgainAsync(() => grains.GetGrain<IAuditLogGrain>(0).Query(new AuditQuery { RequestId = requestId, Limit = 10 }).AsTask());
        Assert.True(page.Entries.Length == 1, $"{when}: {requestId} was acknowledged and is there {page.Entries.Length} times");
    }

    /// <summary>While a silo's death is not known yet, calls to it fail.</summary>
    private static async Task<T> AgainAsync<T>(Func<Task<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call().WaitAsync(CallPatience);
            }
            catch (Exception) when (TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(100);
            }
        }
    }
}
