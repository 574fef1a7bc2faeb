namespace Cycles.Silo.Store;

/// <summary>The folder of the embedded store: locked against a second process, and asked whether it can still be written.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "lock";
    private const string ProbeName = "probe";
    private const int ProbeBytes = 64 * 1024;

    private readonly FileStream _lock;
    private readonly Lock _looking = new();
    private bool _isLonger;

    private DataFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>What is free on its disk, in MB; null when that cannot be found out.</summary>
    public long? FreeMegabytes
    {
        get
        {
            try
            {
                return new DriveInfo(Path).AvailableFreeSpace >> 20;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return null;
            }
        }
    }

    /// <summary>Whether the folder that was opened is still there. What is written to files of a folder that was removed is lost, without any error.</summary>
    public bool IsThere => File.Exists(System.IO.Path.Combine(Path, LockName));

    /// <summary>Makes the folder when it does not exist, and locks it: two processes on one folder would destroy it.</summary>
    /// <exception cref="StartUpException">It cannot be used.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            path = System.IO.Path.GetFullPath(path);
            FolderAccess.Prepare(path);
            var @lock = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(path, @lock);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartUpException(
                $"The data folder '{path}' cannot be used; set Cycles:DataPath to a folder that this user can write and that no other process has open: {exception.Message}",
                exception);
        }
    }

    /// <summary>Writes a small file through to the disk, and looks whether there is room for more.</summary>
    /// <param name="minimumFreeMegabytes">How much must be free.</param>
    /// <returns>Why the folder cannot take data now; null when it can.</returns>
    public string? FindProblem(int minimumFreeMegabytes)
    {
        var probe = System.IO.Path.Combine(Path, ProbeName);
        try
        {
            using (var file = new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.WriteThrough))
            {
                file.Write(new byte[ProbeBytes]);
                file.Flush(flushToDisk: true);
            }

            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }

        return FreeMegabytes is { } free && free < minimumFreeMegabytes
            ? $"only {free} MB are free on its disk, and {minimumFreeMegabytes} MB must be"
            : null;
    }

    /// <summary>
    /// Whether the file system still takes changes; for after a write that was synced. When it finds an error and turns read-only at that moment,
    /// Linux can say that the write is on the disk and drop it (seen on ext4 with <c>errors=remount-ro</c>): the journal that it waits for has been
    /// thrown away. The journal then takes nothing else either, and that costs no I/O to ask.
    /// </summary>
    /// <returns>Why it does not; null when it does.</returns>
    public string? FindFailure()
    {
        try
        {
            lock (_looking)
            {
                // Another length than before: it is one block of the journal, and no block of the disk.
                _isLonger = !_isLonger;
                RandomAccess.SetLength(_lock.SafeFileHandle, _isLonger ? 2 : 1);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
