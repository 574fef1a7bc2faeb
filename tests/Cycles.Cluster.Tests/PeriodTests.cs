using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Checks;
using Cycles.Cluster.Tests.Servers;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>Servers are killed (SIGKILL) while the periods of budgets end, and every period ends once.</summary>
public sealed class PeriodTests(ITestOutputHelper output)
{
    // Until a silo that was killed is noticed, or a reminder is due again.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan TimeToProvision = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task A_period_ends_once_however_often_the_server_is_killed_meanwhile()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        using var api = new HttpApi(Gateways.AdminKey);
        var environment = redis.EnvironmentOfSilo();
        var server = await Gateways.StartAsync(environment, api);
        try
        {
            var kills = Scenario.CountFrom("CYCLES_TEST_PERIOD_KILLS", 4);
            for (var kill = 1; kill <= kills; kill++)
            {
                var budgets = new PeriodicBudgets(api, store.GetDatabase(), $"tenant-{kill}");
                var firstEnd = DateTimeOffset.UtcNow + TimeToProvision;
                await budgets.CreateAsync(firstEnd);
                await Task.Delay(firstEnd - DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(Random.Shared.Next(-50, 1_200)));
                server.Kill();
                server.Dispose();
                output.WriteLine($"kill {kill}: {await budgets.CountRolledAsync()} budgets had rolled");
                server = await Gateways.StartAsync(environment, api);

                // The last time nobody asks for anything: the reminder is all that there is.
                if (kill < kills)
                {
                    await budgets.TouchAsync();
                }

                await budgets.VerifyRolledOnceAsync(Patience);
            }
        }
        catch (Exception)
        {
            output.WriteLine($"the server's log:\n{server.Log}");
            throw;
        }
        finally
        {
            server.Dispose();
        }
    }

    [Fact]
    public async Task A_period_ends_once_when_another_silo_must_end_it()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        using var first = await Silos.StartAsync(redis.EnvironmentOfSilo());
        using var second = await Silos.StartAsync(redis.EnvironmentOfSilo());
        using var api = new HttpApi(Gateways.AdminKey);
        using var gateway = await Gateways.StartAsync(redis.EnvironmentOfGateway(), api);

        // Several tenants, so that the silo that is lost has some.
        var tenants = Enumerable.Range(0, 3).Select(tenant => new PeriodicBudgets(api, store.GetDatabase(), $"tenant-{tenant}")).ToArray();
        var firstEnd = DateTimeOffset.UtcNow + (TimeToProvision * 2);
        await Task.WhenAll(tenants.Select(tenant => tenant.CreateAsync(firstEnd)));

        await Task.Delay(firstEnd - DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(Random.Shared.Next(0, 900)));
        second.Kill();

        foreach (var tenant in tenants)
        {
            output.WriteLine($"{await tenant.CountRolledAsync()} budgets had rolled");
            await tenant.VerifyRolledOnceAsync(Patience);
        }
    }
}
