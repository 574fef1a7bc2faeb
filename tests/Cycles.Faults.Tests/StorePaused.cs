using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>Redis stands still, with all its connections.</summary>
internal sealed class StorePaused : Fault
{
    private readonly TemporaryFolder _data = new();
    private RedisProcess? _redis;
    private Dictionary<string, string>? _environment;

    public override IReadOnlyDictionary<string, string> Environment => _environment!;

    public static async Task<Fault> CreateAsync()
    {
        RedisProcess.SkipUnlessInstalled();
        var fault = new StorePaused();
        fault._redis = await RedisProcess.StartAsync(fault._data.Path);
        fault._environment = fault._redis.EnvironmentOfSilo();
        fault._environment["Cycles__Store__Timeout"] = "00:00:02";
        return fault;
    }

    public override Task BreakAsync(ServerProcess server)
    {
        _redis!.Pause();
        return Task.CompletedTask;
    }

    public override Task MendAsync()
    {
        _redis!.Resume();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _redis?.Dispose();
        _data.Dispose();
        return ValueTask.CompletedTask;
    }
}
