namespace Cycles.Cluster.Tests.Servers;

/// <summary>A file system of its own (ext4 in a file) that can be made to fail: from then on it is read-only, for files that are open too.</summary>
internal sealed class FragileDisk : IDisposable
{
    private const long Size = 128L << 20;

    private readonly TemporaryFolder _image = new();
    private readonly TemporaryFolder _mount = new();
    private bool _isMounted;

    private FragileDisk()
    {
    }

    /// <summary>A folder on it for data.</summary>
    public string DataPath => Path.Combine(_mount.Path, "data");

    private string Image => Path.Combine(_image.Path, "disk");

    /// <summary>Makes one; the test is skipped where that is not allowed, but never in CI.</summary>
    public static FragileDisk Make()
    {
        var disk = new FragileDisk();
        using (var image = File.Create(disk.Image))
        {
            image.SetLength(Size);
        }

        var isPossible = Shell.TryRun("mkfs.ext4", "-q", "-F", disk.Image) && disk.TryMount();
        if (!isPossible)
        {
            disk.Dispose();
        }

        Shell.SkipUnless(isPossible, "to mount an ext4 file system");
        return disk;
    }

    /// <summary>The kernel finds an error and lets nothing more be written (<c>errors=remount-ro</c>).</summary>
    public void Fail()
    {
        var source = File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).First(mount => mount[1] == _mount.Path)[0];
        File.WriteAllText($"/sys/fs/ext4/{Path.GetFileName(source)}/trigger_fs_error", "1");
    }

    /// <summary>While nobody has it open: checks it, and mounts it anew.</summary>
    public void Repair()
    {
        Unmount();
        Shell.TryRun("e2fsck", "-fy", Image);
        Assert.True(TryMount(), "the repaired file system cannot be mounted");
    }

    public void Dispose()
    {
        if (_isMounted)
        {
            Unmount();
        }

        _mount.Dispose();
        _image.Dispose();
    }

    private bool TryMount() => _isMounted = Shell.TryRun("mount", "-o", "loop,errors=remount-ro", Image, _mount.Path);

    private void Unmount()
    {
        Assert.True(Shell.TryRun("umount", _mount.Path) || Shell.TryRun("umount", "-l", _mount.Path), "the file system cannot be unmounted");
        _isMounted = false;
    }
}
