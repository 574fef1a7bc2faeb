using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>The disk of the embedded store fails and becomes read-only.</summary>
internal sealed class ReadOnlyDisk : Fault
{
    private readonly FragileDisk _disk = FragileDisk.Make();

    /// <summary>It can be mounted anew only when nobody uses it.</summary>
    public override bool CanBeMended => false;

    public override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["Cycles__DataPath"] = _disk.DataPath };

    public override Task BreakAsync(ServerProcess server)
    {
        _disk.Fail();
        return Task.CompletedTask;
    }

    public override Task MendAsync()
    {
        _disk.Repair();
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _disk.Dispose();
        return ValueTask.CompletedTask;
    }
}
