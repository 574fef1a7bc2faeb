using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>SIGTERM ends a process within 10 s and with one line, whatever its store does.</summary>
public sealed class TerminationTests(ITestOutputHelper output)
{
    private const string Stopped = "Cycles has stopped";

    // 10 s are promised; a busy machine may need a moment to notice.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(13);

    [Theory]
    [InlineData("runs")]
    [InlineData("hangs")]
    [InlineData("is gone")]
    public async Task A_server_that_is_told_to_end_ends_although_its_Redis(string state)
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        await EndUnderLoadAsync(redis.EnvironmentOfSilo(), () =>
        {
            switch (state)
            {
                case "hangs":
                    redis.Pause();
                    break;
                case "is gone":
                    redis.Kill();
                    break;
            }
        });
    }

    [Fact]
    public async Task A_server_that_is_told_to_end_ends_on_the_embedded_store()
    {
        using var data = new TemporaryFolder();
        await EndUnderLoadAsync(new Dictionary<string, string> { ["Cycles__DataPath"] = data.Path }, () => { });
    }

    private async Task EndUnderLoadAsync(IReadOnlyDictionary<string, string> environment, Action fail)
    {
        using var api = new HttpApi(Gateways.AdminKey);
        var scenario = new Scenario(output, api, tenants: 1, workersEach: 3);
        using var server = await Gateways.StartAsync(environment, api);
        await scenario.ProvisionAsync(api.UseKey);
        using var stop = new CancellationTokenSource();
        var load = scenario.LoadAsync(retries: true, stop.Token);
        await Task.Delay(TimeSpan.FromSeconds(1));
        fail();
        await Task.Delay(TimeSpan.FromSeconds(1));

        var started = TimeProvider.System.GetTimestamp();
        var linesBefore = server.Log.Split('\n').Length;
        server.Terminate();
        var exitCode = await server.WaitForExitAsync(TimeSpan.FromSeconds(60));
        var took = TimeProvider.System.GetElapsedTime(started);
        await stop.CancelAsync();
        await load;

        output.WriteLine($"ended after {took.TotalSeconds:F1} s with {exitCode}:\n{server.Log}");
        Assert.True(took < Limit, $"it took {took}");
        Assert.Equal(0, exitCode);
        Assert.StartsWith(Stopped, server.Log.Split('\n')[^1], StringComparison.Ordinal);
        Assert.InRange(server.Log.Split('\n').Length - linesBefore, 1, 2);
    }
}
