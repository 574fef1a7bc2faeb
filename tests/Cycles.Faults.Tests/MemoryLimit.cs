using System.Globalization;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>The kernel ends the server (SIGKILL) as it wants more memory than its cgroup may have.</summary>
internal sealed class MemoryLimit : Fault
{
    private const string Root = "/sys/fs/cgroup/memory";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _data = new();
    private readonly string _group = Path.Combine(Root, $"cycles-tests-{Guid.NewGuid():N}");

    public MemoryLimit()
    {
        var isPossible = false;
        try
        {
            isPossible = File.Exists(Path.Combine(Root, "memory.limit_in_bytes")) && Directory.CreateDirectory(_group).Exists;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not as this user.
        }

        if (!isPossible)
        {
            _data.Dispose();
        }

        Shell.SkipUnless(isPossible, "to make a memory cgroup (version 1)");
    }

    public override bool CanBeMended => false;

    public override bool EndsServer => true;

    public override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["Cycles__DataPath"] = _data.Path };

    public override Task BreakAsync(ServerProcess server)
    {
        // What it has stays charged where it was; what it takes from now on is charged here, and a server under load takes this much at once.
        File.WriteAllText(Path.Combine(_group, "memory.limit_in_bytes"), $"{4 << 20}");
        File.WriteAllText(Path.Combine(_group, "cgroup.procs"), server.Id.ToString(CultureInfo.InvariantCulture));
        return Until.TrueAsync(() => server.HasExited, Patience, () => $"the server still runs, with {Usage} bytes more than before");
    }

    public override Task MendAsync() => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        _data.Dispose();
        Directory.Delete(_group);
        return ValueTask.CompletedTask;
    }

    private string Usage => File.ReadAllText(Path.Combine(_group, "memory.usage_in_bytes")).Trim();
}
