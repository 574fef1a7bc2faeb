using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>The store is killed under load while the server stays up.</summary>
public sealed class StoreKillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LoadAfterRecovery = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_server_whose_Redis_was_killed_recovers_by_itself_and_loses_nothing()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        using var api = new HttpApi(Gateways.AdminKey);
        var scenario = new Scenario(output, api, tenants: 2, workersEach: 4);
        using var server = await Gateways.StartAsync(redis.EnvironmentOfSilo(), api);
        try
        {
            await scenario.ProvisionAsync(api.UseKey);
            var kills = Scenario.CountFrom("CYCLES_TEST_STORE_KILLS", 2);
            for (var kill = 1; kill <= kills; kill++)
            {
                await scenario.RunWithFailureAsync($"kill {kill} of the store", RecoveryLimit, LoadAfterRecovery, async () =>
                {
                    redis.Kill();
                    await Task.Delay(scenario.Random.Next(100, 2_000));
                    await redis.StartAsync();
                });
            }

            await scenario.FinishAsync();
        }
        catch (Exception)
        {
            scenario.Note($"the server's log:\n{server.Log}");
            throw;
        }
    }
}
