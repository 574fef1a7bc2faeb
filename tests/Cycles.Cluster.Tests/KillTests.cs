using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>The server is killed (SIGKILL) under load at random moments, and keeps what it has acknowledged.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_killed_server_keeps_what_it_has_acknowledged_on_the_embedded_store()
    {
        using var data = new TemporaryFolder();
        await KillAgainAndAgainAsync(
            new Dictionary<string, string> { ["Cycles__DataPath"] = data.Path }, Scenario.CountFrom("CYCLES_TEST_KILLS", 20));
    }

    [Fact]
    public async Task A_killed_server_keeps_what_it_has_acknowledged_on_Redis()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        await KillAgainAndAgainAsync(redis.EnvironmentOfSilo(), Scenario.CountFrom("CYCLES_TEST_REDIS_KILLS", 3));
    }

    private async Task KillAgainAndAgainAsync(IReadOnlyDictionary<string, string> environment, int kills)
    {
        using var api = new HttpApi(Gateways.AdminKey);
        var scenario = new Scenario(output, api, tenants: 2, workersEach: 4);
        var server = await Gateways.StartAsync(environment, api);
        try
        {
            await scenario.ProvisionAsync(api.UseKey);
            for (var kill = 1; kill <= kills; kill++)
            {
                using var stop = new CancellationTokenSource();
                var load = scenario.LoadAsync(retries: false, stop.Token);
                await Task.Delay(scenario.Random.Next(500, 2_000));
                server.Kill();
                await stop.CancelAsync();
                await load;
                server.Dispose();
                if (scenario.Random.Next(4) == 0)
                {
                    // Once more, while it recovers.
                    using var interrupted = Gateways.Start(environment);
                    await Task.Delay(scenario.Random.Next(100, 2_500));
                    interrupted.Kill();
                }

                var started = TimeProvider.System.GetTimestamp();
                server = await Gateways.StartAsync(environment, api);
                scenario.Note($"kill {kill}: ready again after {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:F0} ms");
                await scenario.CheckAsync($"kill {kill}");
            }

            await scenario.FinishAsync();
        }
        catch (Exception)
        {
            scenario.Note($"the server's log:\n{server.Log}");
            throw;
        }
        finally
        {
            server.Dispose();
        }
    }
}
