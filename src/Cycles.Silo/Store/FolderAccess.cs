using System.Runtime.InteropServices;

namespace Cycles.Silo.Store;

/// <summary>The folder of the embedded store, for the eyes of its owner only: 0700, and what lies in it 0600.</summary>
internal static class FolderAccess
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const uint NothingForOthers = 0b000_111_111;

    /// <summary>
    /// Makes the folder, or takes from others what they may do with one that is there and with all that lies in it. What this process makes
    /// later has nothing for others from the beginning.
    /// </summary>
    /// <exception cref="StartUpException">It belongs to another user.</exception>
    public static void Prepare(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            // A new folder has the rights of the one that it lies in.
            Directory.CreateDirectory(path);
            return;
        }

        // The store makes its files by itself; this holds for all that the process makes.
        _ = SetCreationMask(NothingForOthers);
        Directory.CreateDirectory(path, OwnersFolder);
        try
        {
            Restrict(path, OwnersFolder);
            foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Where(entry => entry.LinkTarget is null))
            {
                Restrict(entry.FullName, entry is DirectoryInfo ? OwnersFolder : OwnersFile);
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StartUpException(
                $"The data folder '{path}' may be read by others, and this user cannot change that; name a folder in it that does not exist yet", exception);
        }
    }

    private static void Restrict(string path, UnixFileMode most)
    {
#pragma warning disable CA1416 // Not on Windows; see above.
        var mode = File.GetUnixFileMode(path);
        if ((mode & ~most) != 0)
        {
            File.SetUnixFileMode(path, mode & most);
        }
#pragma warning restore CA1416
    }

    [DllImport("libc", EntryPoint = "umask")]
    private static extern uint SetCreationMask(uint mask);
}
