using Cycles.Chaos;
using Cycles.Chaos.Cluster;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>The chaos run of <c>bench/Cycles.Chaos</c>, short: three silos and two gateways in processes of their own on one Redis.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    // Generous, as the machine may be busy; the bench says what it takes on a quiet one.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_cluster_whose_silos_are_killed_ended_and_stopped_serves_every_tenant_again_and_loses_nothing()
    {
        var result = await RunAsync("--faults", "3", "--targets", "silo", "--tenants", "12", "--hang", "12");

        Assert.Empty(result.Wrong);
        Assert.All(result.Faults, fault => Assert.True(fault.Longest < Limit, $"{fault.Fault.Row}: a tenant was not served for {fault.Longest}"));
        Assert.All(result.Faults.SelectMany(fault => fault.Ends), end => Assert.Equal(0, end.ExitCode));
    }

    [Fact]
    public async Task Two_of_three_silos_that_hang_are_declared_dead_and_their_tenants_served_by_the_third()
    {
        var result = await RunAsync("--faults", "1", "--kinds", "stop", "--targets", "silos", "--tenants", "6", "--hang", "30", "--seed", "3");

        Assert.Empty(result.Wrong);
    }

    [Fact]
    public async Task A_rolling_restart_under_load_loses_nothing()
    {
        var result = await RunAsync("--rolling", "--faults", "1", "--tenants", "8");

        Assert.Empty(result.Wrong);
        Assert.All(result.Faults.SelectMany(fault => fault.Ends), end => Assert.True(end is { ExitCode: 0, Took.TotalSeconds: < 12 }, $"{end}"));
    }

    private Task<ChaosResult> RunAsync(params string[] arguments)
    {
        RedisProcess.SkipUnlessInstalled();
        return ChaosRun.RunAsync(
            ChaosOptions.Parse([.. arguments, "--limit", $"{Limit.TotalSeconds:F0}"]),
            new ServerBuild(Path.Combine(AppContext.BaseDirectory, "Cycles.Gateway.dll"), Path.Combine(AppContext.BaseDirectory, "Cycles.Silo.dll")),
            output.WriteLine,
            TestContext.Current.CancellationToken);
    }
}
