namespace Cycles.Cluster.Tests.Servers;

/// <summary>A disk of its own of a few megabytes (a tmpfs), which can be filled. Only root may mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder;

    private SmallDisk(TemporaryFolder folder) => _folder = folder;

    /// <summary>A folder on it for data.</summary>
    public string DataPath => System.IO.Path.Combine(_folder.Path, "data");

    /// <summary>What is free on it, in bytes.</summary>
    public long Free => new DriveInfo(_folder.Path).AvailableFreeSpace;

    private string Ballast => System.IO.Path.Combine(_folder.Path, "ballast");

    /// <summary>Mounts one; the test is skipped where that is not allowed, but never in CI.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        var folder = new TemporaryFolder();
        var isMounted = Shell.TryRun("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder.Path);
        if (!isMounted)
        {
            folder.Dispose();
        }

        Shell.SkipUnless(isMounted, "to mount a tmpfs");
        return new SmallDisk(folder);
    }

    /// <summary>Takes all that is free but for <paramref name="left"/> bytes.</summary>
    public void Fill(long left)
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (Free > left)
            {
                ballast.Write(block);
            }
        }
        catch (IOException)
        {
            // The server took the rest.
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    public void Dispose()
    {
        // Lazily: a process that has just been killed may still hold a file.
        Assert.True(Shell.TryRun("umount", "-l", _folder.Path), "the tmpfs cannot be unmounted");
        _folder.Dispose();
    }
}
