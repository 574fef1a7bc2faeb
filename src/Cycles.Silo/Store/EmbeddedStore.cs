using System.Security.Cryptography;
using Garnet;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Store;

/// <summary>
/// A Garnet server in this process, with its data in a local folder. It listens on a loopback port of its own choice under a password
/// that only this process knows.
/// </summary>
public sealed class EmbeddedStore : IDisposable
{
    private readonly GarnetServer _server;
    private readonly FileStream _lock;

    private EmbeddedStore(GarnetServer server, FileStream @lock, string connectionString) =>
        (_server, _lock, ConnectionString) = (server, @lock, connectionString);

    /// <summary>How to connect to it.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts it, and recovers what the folder holds.</summary>
    /// <exception cref="StartUpException">The folder cannot be used.</exception>
    public static EmbeddedStore Start(string dataPath, EmbeddedStoreOptions options)
    {
        var path = Path.GetFullPath(dataPath);
        var @lock = Lock(path);
        try
        {
            var port = Ports.TakeFree();
            var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            var server = new GarnetServer(
                [
                    "--bind", "127.0.0.1",
                    "--port", $"{port}",
                    "--auth", "Password",
                    "--password", password,
                    .. StoreLayout.Of(path).ToArguments(options),
                    "--storage-tier",
                    "--logdir", Path.Combine(path, "log"),
                    "--checkpointdir", Path.Combine(path, "checkpoints"),
                    "--device-type", "RandomAccess", // The default native device needs a library of the system's.
                    "--aof",
                    "--aof-commit-freq", "-1", // Commits are on demand: the ledger's barrier.
                    "--aof-size-limit", options.AppendOnlyFileLimit,
                    "--recover",
                    "--fail-on-recovery-error",
                    "--lua", // The reminders' provider needs it; the ledger does not.
                    "-q",
                ],
                LoggerFactory.Create(_ => { }));
            server.Start();
            return new EmbeddedStore(server, @lock, $"127.0.0.1:{port},password={password}");
        }
        catch (Exception exception) when (exception is not StartUpException)
        {
            @lock.Dispose();
            throw new StartUpException($"The embedded store cannot start on the data in '{path}': {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.Dispose();
        _lock.Dispose();
    }

    /// <summary>Two processes on one folder would destroy it.</summary>
    private static FileStream Lock(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartUpException(
                $"The data folder '{path}' cannot be used (another process may have it open): {exception.Message}", exception);
        }
    }
}
