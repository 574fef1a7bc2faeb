using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>The disk of the embedded store has no room.</summary>
internal sealed class FullDisk : Fault
{
    private readonly SmallDisk _disk = SmallDisk.Mount(megabytes: 64);

    public override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["Cycles__DataPath"] = _disk.DataPath,
        ["Cycles__EmbeddedStore__MinimumFreeMegabytes"] = "4",
    };

    public override Task BreakAsync(ServerProcess server)
    {
        _disk.Fill(left: 16 * 1024);
        return Task.CompletedTask;
    }

    public override Task MendAsync()
    {
        _disk.MakeRoom();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _disk.Dispose();
        return ValueTask.CompletedTask;
    }
}
