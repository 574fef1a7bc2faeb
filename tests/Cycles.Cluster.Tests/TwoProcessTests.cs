using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>Two silos in processes of their own behind a gateway without one; a silo is killed or stopped under load.</summary>
public sealed class TwoProcessTests(ITestOutputHelper output)
{
    // Enough that each silo has some: a tenant's grains live together.
    private const int Tenants = 6;

    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LoadAfterRecovery = TimeSpan.FromSeconds(2);

    [Fact]
    public Task A_cluster_that_loses_a_silo_goes_on_and_loses_nothing() => RunAsync(async (scenario, redis, first, second) =>
    {
        await scenario.RunWithFailureAsync("the loss of a silo", RecoveryLimit, LoadAfterRecovery, () =>
        {
            second.Kill();
            return Task.CompletedTask;
        });
        using var third = await Silos.StartAsync(redis.EnvironmentOfSilo());
        await scenario.RunWithFailureAsync("the loss of the first silo", RecoveryLimit, LoadAfterRecovery, () =>
        {
            first.Kill();
            return Task.CompletedTask;
        });
        await scenario.FinishAsync();
    });

    [Fact]
    public Task A_silo_that_stood_still_until_others_took_over_writes_nothing_more() => RunAsync(async (scenario, _, _, second) =>
    {
        // What it had in hand when it stood still, it tries to finish when it goes on; others have done it meanwhile.
        await scenario.RunWithFailureAsync(
            "a silo that stood still",
            RecoveryLimit,
            LoadAfterRecovery,
            fail: () =>
            {
                second.Pause();
                return Task.CompletedTask;
            },
            mend: second.Resume);
        await scenario.FinishAsync();
    });

    private async Task RunAsync(Func<Scenario, RedisProcess, ServerProcess, ServerProcess, Task> test)
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        using var first = await Silos.StartAsync(redis.EnvironmentOfSilo());
        using var second = await Silos.StartAsync(redis.EnvironmentOfSilo());
        using var api = new HttpApi(Gateways.AdminKey);
        using var gateway = await Gateways.StartAsync(redis.EnvironmentOfGateway(), api);
        var scenario = new Scenario(output, api, Tenants, workersEach: 2);
        try
        {
            await scenario.ProvisionAsync(api.UseKey);
            await test(scenario, redis, first, second);
        }
        catch (Exception)
        {
            scenario.Note($"the gateway's log:\n{gateway.Log}\nthe first silo's log:\n{first.Log}\nthe second silo's log:\n{second.Log}");
            throw;
        }
    }
}
