using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Lists;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;

namespace Cycles.Cluster.Tests;

/// <summary>Two silos in this process on one store, used through an Orleans client.</summary>
public sealed class TwoSiloTests(ITestOutputHelper output)
{
    // Enough that each silo has some: a tenant's grains live together.
    private const int Tenants = 4;

    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LoadAfterRecovery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeactivationsFor = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_cluster_that_loses_a_silo_goes_on_and_loses_nothing()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 2);
        var scenario = new Scenario(output, new GrainApi(cluster.Client), Tenants, workersEach: 2);
        await scenario.ProvisionAsync((_, _) => { });

        await scenario.RunWithFailureAsync(
            "the loss of a silo", RecoveryLimit, LoadAfterRecovery, () => cluster.KillSiloAsync(cluster.Silos[1]));
        await cluster.StartAdditionalSiloAsync();
        await scenario.RunWithFailureAsync(
            "the loss of the first silo", RecoveryLimit, LoadAfterRecovery, () => cluster.KillSiloAsync(cluster.Silos[0]));
        await scenario.FinishAsync();
    }

    [Fact]
    public async Task Grains_that_are_deactivated_at_any_moment_lose_nothing()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 2);
        var scenario = new Scenario(output, new GrainApi(cluster.Client), Tenants, workersEach: 2);
        await scenario.ProvisionAsync((_, _) => { });

        await scenario.RunWithFailureAsync("deactivations", RecoveryLimit, LoadAfterRecovery, async () =>
        {
            var started = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(started) < DeactivationsFor)
            {
                await cluster.DeactivateAsync(PickGrain(cluster.Client, scenario));
                await Task.Delay(scenario.Random.Next(1, 50));
            }
        });
        await scenario.FinishAsync();
    }

    private static GrainId PickGrain(IGrainFactory grains, Scenario scenario)
    {
        var tenant = scenario.Tenants[scenario.Random.Next(scenario.Tenants.Count)];
        var scope = tenant.Budgets[scenario.Random.Next(tenant.Budgets.Count)].Scope;
        return scenario.Random.Next(6) switch
        {
            0 => grains.GetGrain<ILedgerGrain>(tenant.Id).GetGrainId(),
            1 => grains.GetGrain<ITenantGrain>(tenant.Id).GetGrainId(),
            2 => grains.GetGrain<IExpiryGrain>(tenant.Id).GetGrainId(),
            3 => grains.GetGrain<IReservationListGrain>(tenant.Id).GetGrainId(),
            4 => grains.GetReservation($"rsv_{tenant.Id}_{scenario.Random.Next(8)}").GetGrainId(),
            _ => grains.GetGrain<IScopeGrain>(scope).GetGrainId(),
        };
    }
}
