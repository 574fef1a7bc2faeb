using System.Diagnostics;

namespace Cycles.Silo.Memory;

/// <summary>
/// Ends the process at the first allocation that fails. Whatever was being done then is left half done, in this code or in a library's: a store
/// that lost the thread of a connection is alive and answers nothing. Nothing that was answered is lost, as at a kill -9.
/// </summary>
public static class OutOfMemory
{
    // All that the end needs is there beforehand: nothing can be made any more.
    private static readonly byte[] Line =
        "Cycles ends: it has no memory left. Give it more, or less to do (see \"Memory\" in docs/operations.md)\n"u8.ToArray();

    private static readonly Stream Error = Console.OpenStandardError();
    private static readonly Process Self = Process.GetCurrentProcess();
    private static int _isWatched;

    /// <summary>Begins to watch for failed allocations.</summary>
    public static void Watch()
    {
        if (Interlocked.Exchange(ref _isWatched, 1) == 0)
        {
            AppDomain.CurrentDomain.FirstChanceException += (_, raised) =>
            {
                if (raised.Exception is OutOfMemoryException)
                {
                    End();
                }
            };
        }
    }

    /// <summary>Says why in one line, and ends the process with exit code 137, as the kernel does when a container is full.</summary>
    public static void End()
    {
        try
        {
            Error.Write(Line);
        }
        finally
        {
            Self.Kill();
        }
    }
}
