using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>The store, or the way to it, fails under load while the server stays up.</summary>
public sealed class StoreKillTests(ITestOutputHelper output)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StormDuration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LoadAfterRecovery = TimeSpan.FromSeconds(1);

    [Fact]
    public Task A_server_whose_Redis_was_killed_recovers_by_itself_and_loses_nothing() =>
        FailAsync("kill", Scenario.CountFrom("CYCLES_TEST_STORE_KILLS", 2), async (redis, random) =>
        {
            redis.Kill();
            await Task.Delay(random.Next(100, 2_000));
            await redis.StartAsync();
        });

    [Fact]
    public Task A_server_whose_connections_to_Redis_break_again_and_again_recovers_by_itself_and_loses_nothing() =>
        FailAsync("storm", Scenario.CountFrom("CYCLES_TEST_STORE_STORMS", 1), async (redis, random) =>
        {
            using var stop = new CancellationTokenSource(StormDuration);
            Assert.InRange(await redis.BreakConnectionsAsync(random, stop.Token), 10, int.MaxValue);
        });

    private async Task FailAsync(string failure, int times, Func<RedisProcess, Random, Task> fail)
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
            for (var time = 1; time <= times; time++)
            {
                await scenario.RunWithFailureAsync(
                    $"{failure} {time} of the store", RecoveryLimit, LoadAfterRecovery, () => fail(redis, scenario.Random));
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
