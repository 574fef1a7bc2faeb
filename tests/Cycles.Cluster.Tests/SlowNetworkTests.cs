using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>A network that is slow but loses nothing: between silos, between them and the gateway, and on the way to Redis.</summary>
public sealed class SlowNetworkTests(ITestOutputHelper output)
{
    private const int Silos = 3;
    private const int Tenants = 6;

    // Longer than a gateway tries: only its answers count as failures.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_slow_network_makes_requests_slow_and_costs_no_silo_and_no_request()
    {
        // A round trip takes 60 to 120 ms, and a request some seven of them. docs/measurements.md has slower networks.
        var delay = TimeSpan.FromMilliseconds(Scenario.CountFrom("CYCLES_TEST_DELAY_MS", 30));
        var seconds = Scenario.CountFrom("CYCLES_TEST_LOAD_SECONDS", 20);
        var path = new SlowPath();
        await using var cluster = await SlowCluster.StartAsync(Silos, path, Patience);
        var scenario = new Scenario(output, cluster.Api, Tenants, workersEach: 2);
        await scenario.ProvisionAsync(cluster.Api.UseKey);
        path.Delay = delay;
        using (var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds)))
        {
            await scenario.LoadAsync(retries: true, stop.Token);
        }

        path.Delay = TimeSpan.Zero;
        var failures = scenario.Progress.Failures();
        output.WriteLine($"delay {delay.TotalMilliseconds} ms: {scenario.Book.Operations.Count} operations in {seconds} s, the longest took "
            + $"{scenario.Progress.LongestWait.TotalMilliseconds:F0} ms; unanswered: {failures}; active silos: {string.Join(", ", cluster.ActiveSilos)}; "
            + $"ends: {string.Join(", ", cluster.Ends)}; the gateway's log:\n{cluster.GatewayLog}");
        await scenario.CheckAsync("after the load");
        await scenario.FinishAsync();
        Assert.Empty(cluster.Ends);
        Assert.All(cluster.ActiveSilos, count => Assert.Equal(Silos, count));
        Assert.Equal(string.Empty, failures);
    }
}
