using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>Redis is killed, and comes back with what it had on disk.</summary>
internal sealed class StoreKilled : Fault
{
    private readonly TemporaryFolder _data = new();
    private RedisProcess? _redis;
    private Dictionary<string, string>? _environment;

    public override IReadOnlyDictionary<string, string> Environment => _environment!;

    public static async Task<Fault> CreateAsync()
    {
        RedisProcess.SkipUnlessInstalled();
        var fault = new StoreKilled();
        fault._redis = await RedisProcess.StartAsync(fault._data.Path);
        fault._environment = fault._redis.EnvironmentOfSilo();
        return fault;
    }

    public override Task BreakAsync(ServerProcess server)
    {
        _redis!.Kill();
        return Task.CompletedTask;
    }

    public override Task MendAsync() => _redis!.StartAsync();

    public override ValueTask DisposeAsync()
    {
        _redis?.Dispose();
        _data.Dispose();
        return ValueTask.CompletedTask;
    }
}
