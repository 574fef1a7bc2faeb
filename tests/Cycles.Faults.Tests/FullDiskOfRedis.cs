using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>The disk of a Redis with <c>appendfsync everysec</c> is full: it goes on, and refuses changes (MISCONF).</summary>
internal sealed class FullDiskOfRedis : Fault
{
    private readonly SmallDisk _disk = SmallDisk.Mount(megabytes: 64);
    private RedisProcess? _redis;
    private Dictionary<string, string>? _environment;

    public override IReadOnlyDictionary<string, string> Environment => _environment!;

    public static async Task<Fault> CreateAsync()
    {
        RedisProcess.SkipUnlessInstalled();
        var fault = new FullDiskOfRedis();
        Directory.CreateDirectory(fault._disk.DataPath);
        fault._redis = await RedisProcess.StartAsync(fault._disk.DataPath, appendFsync: "everysec");
        fault._environment = fault._redis.EnvironmentOfSilo();
        return fault;
    }

    public override Task BreakAsync(ServerProcess server)
    {
        _disk.Fill(left: 0);
        return Task.CompletedTask;
    }

    public override async Task MendAsync()
    {
        _disk.MakeRoom();

        // Redis itself looks once a second whether it can write again.
        await Until.TrueAsync(
            async () => (await _redis!.AskAsync("INFO persistence")).Contains("aof_last_write_status:ok", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            () => "Redis does not write again");
    }

    public override ValueTask DisposeAsync()
    {
        _redis?.Dispose();
        _disk.Dispose();
        return ValueTask.CompletedTask;
    }
}
