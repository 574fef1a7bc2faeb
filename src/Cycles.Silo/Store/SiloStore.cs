using Cycles.Grains.Store;
using Cycles.Silo.Configuration;
using Cycles.Silo.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cycles.Silo.Store;

/// <summary>The store of a silo: Redis when a connection string names one, else the embedded store.</summary>
public sealed class SiloStore : IAsyncDisposable
{
    /// <summary>The name of the connection string that replaces the embedded store.</summary>
    public const string ConnectionStringName = "Redis";

    private readonly EmbeddedStore? _embedded;
    private readonly StoreSupervisor? _supervisor;
    private readonly LateLogger _logger = new();

    private SiloStore(EmbeddedStore? embedded, RedisStore redis, string connectionString)
    {
        (_embedded, Redis, ConnectionString) = (embedded, redis, connectionString);
        _supervisor = embedded is null ? null : new StoreSupervisor(embedded, redis, _logger);
        Secret = embedded is null ? ClusterSecret.In(redis) : ClusterSecret.OfOneProcess();
    }

    /// <summary>The connection.</summary>
    public RedisStore Redis { get; }

    /// <summary>How to connect to it.</summary>
    public string ConnectionString { get; }

    /// <summary>Where the data is, for people: a folder, or Redis and its addresses.</summary>
    public required string Place { get; init; }

    /// <summary>By which the processes that share it know each other.</summary>
    public ClusterSecret Secret { get; }

    /// <summary>Whether it lives in this process.</summary>
    public bool IsEmbedded => _embedded is not null;

    /// <summary>Connects to Redis, or starts the embedded store.</summary>
    /// <exception cref="StartUpException">That is not possible.</exception>
    public static async Task<SiloStore> OpenAsync(IConfiguration configuration, CyclesOptions options)
    {
        var storeOptions = Options.Create(configuration.GetChecked(StoreOptions.Section, new StoreOptionsValidator()));
        if (configuration.GetConnectionString(ConnectionStringName) is { Length: > 0 } connectionString)
        {
            RequireConnectionString(connectionString);
            return new SiloStore(null, await ConnectAsync(connectionString, storeOptions), connectionString)
            {
                Place = $"Redis at {Endpoints(connectionString)}",
            };
        }

        var embedded = EmbeddedStore.Start(
            options.DataPath, configuration.GetChecked(EmbeddedStoreOptions.Section, new EmbeddedStoreOptionsValidator()));
        return new SiloStore(embedded, await ConnectAsync(embedded.ConnectionString, storeOptions), embedded.ConnectionString)
        {
            Place = Path.GetFullPath(options.DataPath),
        };
    }

    /// <summary>Checks what <c>ConnectionStrings:Redis</c> says.</summary>
    /// <exception cref="StartUpException">It is no connection string.</exception>
    public static void RequireConnectionString(string connectionString)
    {
        try
        {
            if (ConfigurationOptions.Parse(connectionString).EndPoints.Count > 0)
            {
                return;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Its words may repeat a password.
        }

        throw new StartUpException(
            $"ConnectionStrings:{ConnectionStringName} must be a StackExchange.Redis connection string such as 10.0.0.1:6379,password=secret");
    }

    /// <summary>Where it logs from now on, and what it had to say before.</summary>
    public void LogTo(ILogger logger) => _logger.PassTo(logger);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_supervisor is not null)
        {
            await _supervisor.DisposeAsync();
        }

        await Redis.DisposeAsync();
        _embedded?.Dispose();
    }

    private static async Task<RedisStore> ConnectAsync(string connectionString, IOptions<StoreOptions> options)
    {
        try
        {
            return await RedisStore.ConnectAsync(connectionString, options);
        }
        catch (Exception exception) when (exception is RedisException or ArgumentException)
        {
            throw new StartUpException($"The store at '{Endpoints(connectionString)}' (ConnectionStrings:{ConnectionStringName}) cannot be reached: {exception.Message.Split(". ")[0]}", exception);
        }
    }

    /// <summary>The addresses in a connection string, without what else it has: passwords, among others.</summary>
    private static string Endpoints(string connectionString) =>
        string.Join(',', connectionString.Split(',', StringSplitOptions.TrimEntries).TakeWhile(part => !part.Contains('=', StringComparison.Ordinal)));
}
