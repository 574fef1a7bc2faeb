using System.Net.Sockets;
using Cycles.Silo.Memory;

namespace Cycles.Silo;

/// <summary>The outer frame of a process: a start-up that cannot work ends with one line and an exit code.</summary>
public static class StartUp
{
    /// <summary>Runs <paramref name="main"/>.</summary>
    /// <returns>0, or 1 when the process could not start or did not survive.</returns>
    public static async Task<int> RunAsync(Func<Task> main)
    {
        OutOfMemory.Watch();
        try
        {
            await main();
            Console.WriteLine("Cycles has stopped");
            return 0;
        }
        catch (Exception exception) when (Explain(exception) is { } reason)
        {
            await Console.Error.WriteLineAsync($"Cycles cannot start: {reason}");
            return 1;
        }
    }

    /// <summary>The reason that an operator can do something about; null when it is a defect, which deserves its stack trace.</summary>
    private static string? Explain(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is StartUpException or Microsoft.Extensions.Options.OptionsValidationException)
            {
                return cause.Message;
            }

            if (cause is InvalidDataException)
            {
                // A file of settings; the message names it.
                return cause.Message;
            }

            if (cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable })
            {
                return exception is IOException ? exception.Message : $"a port cannot be opened: {cause.Message}";
            }

            if (cause is FormatException or UriFormatException)
            {
                return cause.Message;
            }
        }

        return null;
    }
}
