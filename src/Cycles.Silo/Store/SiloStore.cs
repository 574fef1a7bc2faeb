using Cycles.Grains.Store;
using Cycles.Silo.Configuration;
using Cycles.Silo.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cycles.Silo.Store;

/// <summary>The store of a silo: Redis when a connection string names one, else the embedded store.</summary>
public sealed class SiloStore : IAsyncDisposable
{
    /// <summary>The name of the connection string that replaces the embedded store.</summary>
    public const string ConnectionStringName = "Redis";

    private readonly EmbeddedStore? _embedded;

    private SiloStore(EmbeddedStore? embedded, RedisStore redis, string connectionString)
    {
        (_embedded, Redis, ConnectionString) = (embedded, redis, connectionString);
        Secret = embedded is null ? ClusterSecret.In(redis) : ClusterSecret.OfOneProcess();
    }

    /// <summary>The connection.</summary>
    public RedisStore Redis { get; }

    /// <summary>How to connect to it.</summary>
    public string ConnectionString { get; }

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
            return new SiloStore(null, await ConnectAsync(connectionString, storeOptions), connectionString);
        }

        var embedded = EmbeddedStore.Start(
            options.DataPath, configuration.GetSection(EmbeddedStoreOptions.Section).Get<EmbeddedStoreOptions>() ?? new());
        return new SiloStore(embedded, await ConnectAsync(embedded.ConnectionString, storeOptions), embedded.ConnectionString);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
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
            var endpoints = connectionString.Split(',')[0];
            throw new StartUpException($"The store at '{endpoints}' cannot be reached: {exception.Message.Split(". ")[0]}", exception);
        }
    }
}
