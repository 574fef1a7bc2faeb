using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Store;

/// <summary>A warning or an error of the embedded Garnet server.</summary>
/// <param name="Level">How bad Garnet thinks that it is.</param>
/// <param name="Category">The part of Garnet that says so.</param>
/// <param name="Message">One line, what the exception says included.</param>
/// <param name="Exception">What is behind it, when there is something.</param>
internal sealed partial record GarnetProblem(LogLevel Level, string Category, string Message, Exception? Exception)
{
    /// <summary>
    /// Whether something could not be written to the disk. Garnet's log of changes takes nothing more after that, and its checkpoints may
    /// lack something, but its memory goes on answering: only a new start knows what is on disk.
    /// </summary>
    public bool IsFailureToWrite => Level >= LogLevel.Error && (HasDiskException || OfDevice().IsMatch(Message));

    /// <summary>What the operating system said, when it did.</summary>
    public string Cause => Innermost(Exception)?.Message ?? Message;

    private bool HasDiskException
    {
        get
        {
            for (var cause = Exception; cause is not null; cause = cause.InnerException)
            {
                // A connection that ends is an IOException around a SocketException.
                if (cause is System.Net.Sockets.SocketException)
                {
                    return false;
                }

                if (cause is IOException or UnauthorizedAccessException && cause.InnerException is not System.Net.Sockets.SocketException)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static Exception? Innermost(Exception? exception)
    {
        while (exception?.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }

    [GeneratedRegex("WriteAsync|Commit of address range|metadata write failed|OverlappedStream|flush.*error|Checkpointing threw", RegexOptions.IgnoreCase)]
    private static partial Regex OfDevice();
}
