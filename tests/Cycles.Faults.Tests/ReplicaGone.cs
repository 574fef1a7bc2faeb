using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>
/// Every change must reach a replica (<c>WaitForReplicas</c>), and the only one is gone. When no server runs the primary is lost for good, and
/// the replica takes over with what it had: an answer that did not wait for it is lost.
/// </summary>
internal sealed class ReplicaGone : Fault
{
    private readonly List<TemporaryFolder> _folders = [];
    private RedisProcess? _primary;
    private RedisProcess? _replica;
    private Dictionary<string, string>? _environment;

    public override IReadOnlyDictionary<string, string> Environment => _environment!;

    public static async Task<Fault> CreateAsync()
    {
        RedisProcess.SkipUnlessInstalled();
        var fault = new ReplicaGone();
        await fault.StartAsync(await fault.StartOneAsync());
        return fault;
    }

    public override Task BreakAsync(ServerProcess server)
    {
        _replica!.Kill();
        return Task.CompletedTask;
    }

    public override async Task MendAsync()
    {
        await _replica!.StartAsync();
        await _replica.FollowAsync(_primary!);
    }

    public override async Task RestoreAsync()
    {
        _primary!.Kill();
        await _replica!.StartAsync();
        await StartAsync(_replica);
    }

    public override ValueTask DisposeAsync()
    {
        _replica?.Dispose();
        _primary?.Dispose();
        _folders.ForEach(folder => folder.Dispose());
        return ValueTask.CompletedTask;
    }

    private async Task StartAsync(RedisProcess primary)
    {
        _primary = primary;
        _replica = await StartOneAsync();
        await _replica.FollowAsync(primary);

        // On its former ports, so that the server that comes back need not wait for its former self to be declared dead.
        _environment ??= primary.EnvironmentOfSilo();
        _environment["ConnectionStrings__Redis"] = primary.ConnectionString;
        _environment["Cycles__Store__WaitForReplicas"] = "1";
        _environment["Cycles__Store__Timeout"] = "00:00:02";
    }

    private Task<RedisProcess> StartOneAsync()
    {
        _folders.Add(new TemporaryFolder());
        return RedisProcess.StartAsync(_folders[^1].Path);
    }
}
