using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Indexes;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
using Orleans.TestingHost;

namespace Cycles.Cluster.Tests;

/// <summary>Lists over all tenants while silos die: whatever was answered before a list was asked for is in it.</summary>
public sealed class IndexTests(ITestOutputHelper output)
{
    // Enough that each silo has some.
    private const int Tenants = 12;

    private static readonly Origin Origin = Origin.System("test");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, long> _allocated = [];

    [Fact]
    public async Task Lists_stay_right_when_the_silo_of_the_ledgers_dies_and_when_that_of_the_index_does()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 2);
        for (var i = 0; i < Tenants; i++)
        {
            await CreateAsync(cluster.Client, $"tenant-{i}");
        }

        await ExpectListsAsync(cluster.Client, "two silos");
        await CreditAllAsync(cluster.Client);
        await ExpectListsAsync(cluster.Client, "after changes on both");

        // What the dying silo has marked for the index goes down with it.
        await CreditAllAsync(cluster.Client);
        await KillAsync(cluster, hostOfIndex: false);
        await ExpectListsAsync(cluster.Client, "after the death of the silo without the index");

        await cluster.StartAdditionalSiloAsync();
        await CreateAsync(cluster.Client, "tenant-late");
        await CreditAllAsync(cluster.Client);
        await ExpectListsAsync(cluster.Client, "with a new silo");

        await CreditAllAsync(cluster.Client);
        await KillAsync(cluster, hostOfIndex: true);
        await CreditAllAsync(cluster.Client);
        await ExpectListsAsync(cluster.Client, "after the death of the silo with the index");
    }

    [Fact]
    public async Task Lists_stay_right_when_ledgers_and_indexes_are_deactivated()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 2);
        for (var i = 0; i < Tenants; i++)
        {
            await CreateAsync(cluster.Client, $"tenant-{i}");
        }

        for (var round = 0; round < 5; round++)
        {
            await CreditAllAsync(cluster.Client);
            await cluster.DeactivateAsync(cluster.Client.GetGrain<ILedgerGrain>($"tenant-{round}").GetGrainId());
            if (round % 2 == 1)
            {
                await cluster.DeactivateAsync(cluster.Client.GetGrain<IBudgetIndexGrain>(0).GetGrainId());
                await cluster.DeactivateAsync(cluster.Client.GetGrain<ITenantIndexGrain>(0).GetGrainId());
            }

            await ExpectListsAsync(cluster.Client, $"round {round}");
        }
    }

    private async Task CreateAsync(IGrainFactory grains, string tenantId)
    {
        var tenant = grains.GetGrain<ITenantAdminGrain>(tenantId);
        await RetryAsync(async () => Assert.Null((await tenant.Create(Origin, new TenantCreateRequest { TenantId = tenantId, Name = tenantId })).Problem));
        foreach (var path in new[] { $"tenant:{tenantId}", $"tenant:{tenantId}/agent:a" })
        {
            Assert.True(ScopePath.TryParse(path, out var scope, out _));
            Assert.Null((await tenant.CreateBudget(Origin, scope, new BudgetCreateRequest
            {
                TenantId = tenantId,
                Scope = path,
                Unit = Unit.Tokens,
                Allocated = new Amount(Unit.Tokens, 100),
            })).Problem);
            _allocated[path] = 100;
        }
    }

    /// <summary>Adds another amount to each budget.</summary>
    private async Task CreditAllAsync(IGrainFactory grains)
    {
        var amount = 0;
        foreach (var scope in _allocated.Keys.ToArray())
        {
            amount++;
            var command = new FundCommand(Unit.Tokens, FundingOperation.Credit, amount, 0, $"{Guid.NewGuid()}", PayloadHash: "same");
            await RetryAsync(async () => Assert.Null((await grains.GetGrain<IScopeAdminGrain>(scope).Fund(Origin, command)).Problem));
            _allocated[scope] += amount;
        }
    }

    private async Task KillAsync(InProcessTestCluster cluster, bool hostOfIndex)
    {
        var management = cluster.Client.GetGrain<IManagementGrain>(0);
        var host = await management.GetActivationAddress(cluster.Client.GetGrain<IBudgetIndexGrain>(0));
        var silo = cluster.Silos.First(silo => silo.SiloAddress.Equals(host) == hostOfIndex);
        output.WriteLine($"killing {silo.SiloAddress}; the index lives on {host}");
        await cluster.KillSiloAsync(silo);
    }

    private async Task ExpectListsAsync(IGrainFactory grains, string when)
    {
        var started = TimeProvider.System.GetTimestamp();
        var page = default(BudgetPage);
        await RetryAsync(async () => page = await grains.GetGrain<IBudgetIndexGrain>(0).Query(new BudgetQuery { SortBy = BudgetSort.Scope, Limit = 1000 }));
        output.WriteLine($"{when}: {page!.Budgets.Length} budgets in {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:n0} ms");

        Assert.Equal(
            _allocated.OrderByDescending(budget => budget.Key, StringComparer.Ordinal).Select(budget => $"{budget.Key} {budget.Value}"),
            page.Budgets.Select(budget => $"{budget.Record.Scope} {budget.State.Allocated}"));
        TenantPage? tenants = null;
        await RetryAsync(async () => tenants = await grains.GetGrain<ITenantIndexGrain>(0).Query(new TenantQuery { Limit = 1000 }));
        Assert.Equal(_allocated.Count / 2, tenants!.Tenants.Length);
    }

    /// <summary>While a death is found out, calls fail: what does not answer is asked again; what answers must be right.</summary>
    private static async Task RetryAsync(Func<Task> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await call().WaitAsync(TimeSpan.FromSeconds(10));
                return;
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(200);
            }
        }
    }
}
