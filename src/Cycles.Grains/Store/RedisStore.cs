using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cycles.Grains.Store;

/// <summary>The connection to the store: Redis, Valkey, or Garnet (embedded or not), told apart once at start.</summary>
public sealed class RedisStore : IAsyncDisposable
{
    private readonly IConnectionMultiplexer _connection;
    private readonly IConnectionMultiplexer _commits;
    private readonly StoreOptions _options;
    private readonly bool _isGarnet;

    private RedisStore(
        IConnectionMultiplexer connection, IConnectionMultiplexer commits, StoreOptions options, bool isGarnet, bool isCluster)
    {
        _connection = connection;
        _commits = commits;
        _options = options;
        _isGarnet = isGarnet;
        IsCluster = isCluster;
        Database = connection.GetDatabase();
        Commits = commits.GetDatabase();
    }

    /// <summary>For reads.</summary>
    public IDatabase Database { get; }

    /// <summary>
    /// For writes: a conditional transaction holds its connection while it waits for its conditions, and reads should not
    /// wait with it. The barrier goes through here, behind what it is the barrier of.
    /// </summary>
    public IDatabase Commits { get; }

    /// <summary>Whether keys are spread over slots, so that one transaction must stay within one tenant.</summary>
    public bool IsCluster { get; }

    /// <summary>Whether the store answers now.</summary>
    public bool IsConnected => _connection.IsConnected;

    /// <summary>Connects, and finds out what kind of store it is.</summary>
    /// <exception cref="RedisConnectionException">Nothing answers there.</exception>
    public static async Task<RedisStore> ConnectAsync(string connectionString, IOptions<StoreOptions> options)
    {
        var configuration = ConfigurationOptions.Parse(connectionString);
        configuration.AsyncTimeout = (int)options.Value.Timeout.TotalMilliseconds;
        configuration.AbortOnConnectFail = true;
        configuration.ClientName = "cycles";
        configuration.AllowAdmin = true; // For INFO, which says what kind of store this is.
        var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        var commits = await ConnectionMultiplexer.ConnectAsync(configuration);
        var server = connection.GetServers()[0];
        var info = (await server.InfoRawAsync("server")) ?? string.Empty;
        return new RedisStore(
            connection,
            commits,
            options.Value,
            info.Contains("garnet_version", StringComparison.Ordinal),
            server.ServerType == ServerType.Cluster);
    }

    /// <summary>
    /// Completes once everything that <see cref="Commits"/> wrote before is as durable as the store was set up to make it. Garnet commits its
    /// append-only file on demand (waiting per command starves it); Redis leaves it to appendfsync, or to replicas.
    /// </summary>
    public async Task BarrierAsync()
    {
        if (_isGarnet)
        {
            await Commits.ExecuteAsync("COMMITAOF");
        }
        else if (_options.WaitForReplicas > 0)
        {
            var timeoutMs = (int)_options.Timeout.TotalMilliseconds;
            var acknowledged = (int)await Commits.ExecuteAsync("WAIT", _options.WaitForReplicas, timeoutMs);
            if (acknowledged < _options.WaitForReplicas)
            {
                throw new StoreInDoubtException($"only {acknowledged} of {_options.WaitForReplicas} replicas have the batch");
            }
        }
    }

    /// <summary>The store's clock.</summary>
    public async Task<DateTimeOffset> TimeAsync()
    {
        var parts = (RedisResult[])(await Database.ExecuteAsync("TIME"))!;
        return DateTimeOffset.FromUnixTimeMilliseconds(((long)parts[0] * 1000) + ((long)parts[1] / 1000));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _commits.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
