using System.Globalization;

namespace Cycles.Bench.Limits;

/// <summary>A group of processes with a limit of memory, as a container is one: a cgroup of version 1 or 2, made by hand.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly bool _isVersion1;

    private MemoryGroup(string folder, bool isVersion1) => (_folder, _isVersion1) = (folder, isVersion1);

    /// <summary>The most that was in use so far, in bytes; 0 where the kernel does not say.</summary>
    public long PeakBytes
    {
        get
        {
            var file = Path.Combine(_folder, _isVersion1 ? "memory.max_usage_in_bytes" : "memory.peak");
            return File.Exists(file) && long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
        }
    }

    /// <exception cref="BenchException">That is not allowed here.</exception>
    public static MemoryGroup Create(int megabytes)
    {
        var isVersion1 = Directory.Exists(Path.Combine(Root, "memory"));
        var folder = Path.Combine(Root, isVersion1 ? "memory" : string.Empty, $"cycles-bench-{Guid.NewGuid():n}");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(
                Path.Combine(folder, isVersion1 ? "memory.limit_in_bytes" : "memory.max"),
                (megabytes * 1024L * 1024).ToString(CultureInfo.InvariantCulture));
            return new MemoryGroup(folder, isVersion1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BenchException(
                $"no cgroup with limited memory can be made here ({exception.Message}): --limits needs root, and {Root} mounted for writing");
        }
    }

    /// <summary>The command that runs another within the group from its first moment: .NET asks for its limit once.</summary>
    public string[] Enter(params string[] command) => ["sh", "-c", $"echo $$ > {_folder}/cgroup.procs && exec \"$@\"", "sh", .. command];

    public void Dispose()
    {
        // It is busy for a moment after its last process has ended.
        for (var attempt = 0; attempt < 50 && Directory.Exists(_folder); attempt++)
        {
            try
            {
                Directory.Delete(_folder);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
