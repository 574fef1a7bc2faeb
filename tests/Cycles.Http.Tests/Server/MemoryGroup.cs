namespace Cycles.Http.Tests.Server;

/// <summary>A group of processes that share a limit of memory, as a container is one: a cgroup of version 1 or 2.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    /// <summary>Makes one; the test is skipped, and says why, where that is not allowed.</summary>
    public static MemoryGroup CreateOrSkip(int megabytes)
    {
        var isVersion1 = Directory.Exists($"{Root}/memory");
        var folder = $"{Root}/{(isVersion1 ? "memory/" : string.Empty)}cycles-test-{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText($"{folder}/{(isVersion1 ? "memory.limit_in_bytes" : "memory.max")}", $"{megabytes * 1024L * 1024}");
            return new MemoryGroup(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"no group of processes with limited memory can be made here: {exception.Message}");
            throw;
        }
    }

    /// <summary>The command that runs another within the group, from its first moment: .NET asks for its limit once.</summary>
    public string[] Enter(string[] command) => ["sh", "-c", $"echo $$ > {_folder}/cgroup.procs && exec \"$@\"", "sh", .. command];

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
