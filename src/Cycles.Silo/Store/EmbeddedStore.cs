using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Store;

/// <summary>
/// A Garnet server in this process, with its data in a local folder. It listens on a loopback port of its own choice under a password
/// that only this process knows. It can be ended and started anew, as a crash and a restart of it would: see <see cref="StoreSupervisor"/>.
/// </summary>
public sealed class EmbeddedStore : IDisposable
{
    // A start recovers at most one file of changes and one checkpoint; what takes longer than this hangs.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly EmbeddedStoreOptions _options;
    private readonly string[] _arguments;
    private readonly Lock _lock = new();
    private GarnetServerHost? _server;

    private EmbeddedStore(DataFolder folder, EmbeddedStoreOptions options)
    {
        Folder = folder;
        _options = options;
        var port = FreePort.Find();
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        ConnectionString = $"127.0.0.1:{port},password={password}";
        _arguments =
        [
            "--bind", "127.0.0.1",
            "--port", $"{port}",
            "--auth", "Password",
            "--password", password,
            .. StoreLayout.Of(folder.Path).ToArguments(options),
            "--storage-tier",
            "--logdir", Path.Combine(folder.Path, "log"),
            "--checkpointdir", Path.Combine(folder.Path, "checkpoints"),
            // It writes with O_SYNC, so that a write that has ended survives a power cut. The device RandomAccess goes around the page cache on Linux
            // (O_DIRECT) and syncs nothing: the length of the file was lost. The default native device needs a library of the system's.
            "--device-type", "FileStream",
            "--aof",
            "--aof-commit-freq", "-1", // Commits are on demand: the ledger's barrier.
            "--aof-size-limit", options.AppendOnlyFileLimit,
            "--recover",
            "--fail-on-recovery-error",
            "--lua", // The reminders' provider needs it; the ledger does not.
            "-q",
        ];
    }

    /// <summary>How to connect to it. The same after it was started anew.</summary>
    public string ConnectionString { get; }

    /// <summary>Where its data is.</summary>
    internal DataFolder Folder { get; }

    /// <summary>Raised for each warning and error of the server, on whatever thread met it. Handlers must not block.</summary>
    internal event Action<GarnetProblem>? Problem;

    /// <summary>Starts it, and recovers what the folder holds.</summary>
    /// <exception cref="StartUpException">The folder cannot be used, or its disk is full.</exception>
    public static EmbeddedStore Start(string dataPath, EmbeddedStoreOptions options)
    {
        var folder = DataFolder.Open(dataPath);
        try
        {
            if (folder.FindProblem(options.MinimumFreeMegabytes) is { } problem)
            {
                throw new StartUpException($"The data folder '{folder.Path}' cannot be written: {problem}");
            }

            var store = new EmbeddedStore(folder, options);
            store.Restart();
            return store;
        }
        catch (Exception exception)
        {
            folder.Dispose();
            throw exception as StartUpException
                ?? new StartUpException($"The embedded store cannot start on the data in '{folder.Path}': {exception.Message}", exception);
        }
    }

    /// <summary>Why the folder cannot take data now; null when it can.</summary>
    internal string? FindProblem() => Folder.FindProblem(_options.MinimumFreeMegabytes);

    /// <summary>Ends the server: its connections break, and what was only in its memory is gone.</summary>
    /// <returns>Whether it has ended; false when it hangs.</returns>
    internal async Task<bool> TryStopAsync()
    {
        GarnetServerHost? server;
        lock (_lock)
        {
            (server, _server) = (_server, null);
        }

        if (server is null)
        {
            return true;
        }

        try
        {
            await Task.Run(server.Dispose).WaitAsync(StopPatience);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (Exception exception)
        {
            // It has ended as far as it could; what still stands in the way shows when it is started again.
            Problem?.Invoke(new GarnetProblem(LogLevel.Warning, "end", exception.Message, exception));
            return true;
        }
    }

    /// <summary>Starts a server, which recovers what is on disk. Blocks until it has.</summary>
    internal void Restart()
    {
        var server = GarnetServerHost.Start(_arguments, problem => Problem?.Invoke(problem));
        lock (_lock)
        {
            _server = server;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A server that hangs is ended with the process.
        TryStopAsync().GetAwaiter().GetResult();
        Folder.Dispose();
    }
}
