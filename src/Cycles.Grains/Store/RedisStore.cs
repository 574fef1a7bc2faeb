using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cycles.Grains.Store;

/// <summary>The connection to the store: Redis, Valkey, or Garnet (embedded or not), told apart once at start.</summary>
public sealed class RedisStore : IAsyncDisposable
{
    private static readonly TimeSpan ConnectionPoll = TimeSpan.FromMilliseconds(20);

    private readonly IConnectionMultiplexer _connection;
    private readonly IConnectionMultiplexer _commits;
    private readonly StoreOptions _options;
    private readonly bool _isGarnet;

    private readonly SemaphoreSlim _recognizing = new(1);
    private string _runIds = string.Empty;
    private int _breaks;
    private volatile int _recognizedBreaks;
    private long _incarnation;

    private RedisStore(
        IConnectionMultiplexer connection, IConnectionMultiplexer commits, StoreOptions options, bool isGarnet, bool isCluster)
    {
        _connection = connection;
        _commits = commits;
        _options = options;
        _isGarnet = isGarnet;
        IsCluster = isCluster;
        Database = new PrimaryDatabase(connection.GetDatabase());
        Commits = commits.GetDatabase();
        commits.ConnectionFailed += (_, _) => Interlocked.Increment(ref _breaks);
        commits.ConfigurationChanged += (_, _) => Interlocked.Increment(ref _breaks);

        // What is answered from memory asks nobody first.
        commits.ConnectionRestored += (_, _) => RecognizeAgainAsync().Ignore();
    }

    /// <summary>For reads.</summary>
    public PrimaryDatabase Database { get; }

    /// <summary>
    /// For writes: a conditional transaction holds its connection while it waits for its conditions, and reads should not
    /// wait with it. The barrier goes through here, behind what it is the barrier of.
    /// </summary>
    public IDatabase Commits { get; }

    /// <summary>Whether keys are spread over slots, so that one transaction must stay within one tenant.</summary>
    public bool IsCluster { get; }

    /// <summary>Whether the store answers now.</summary>
    public bool IsConnected => _connection.IsConnected;

    /// <summary>
    /// Which life of the store this is, as far as is known. A store that was restarted, or that a replica stands in for, may have lost the last
    /// writes that it had acknowledged: what was read or written in an earlier life is certain no more.
    /// </summary>
    public long Incarnation => Volatile.Read(ref _incarnation);

    /// <summary>
    /// Whether that <see cref="Incarnation"/> still lives, as far as can be told without asking: from when a connection breaks until it is known
    /// who answers the next one, nothing that is only remembered is certain.
    /// </summary>
    public bool IsRecognized => Volatile.Read(ref _breaks) == _recognizedBreaks;

    /// <summary>Whether what was read in the life <paramref name="incarnation"/> is still certain.</summary>
    public bool IsStill(long incarnation) => Incarnation == incarnation && IsRecognized;

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

        // What is written rests on a store that was recognized just before: it must not wait for a connection that may lead to another.
        var writing = configuration.Clone();
        writing.BacklogPolicy = BacklogPolicy.FailFast;
        var commits = await ConnectionMultiplexer.ConnectAsync(writing);
        var server = connection.GetServers()[0];
        var info = (await server.InfoRawAsync("server")) ?? string.Empty;
        var store = new RedisStore(
            connection,
            commits,
            options.Value,
            info.Contains("garnet_version", StringComparison.Ordinal),
            server.ServerType == ServerType.Cluster);
        store._runIds = await store.ReadRunIdsAsync();
        return store;
    }

    /// <summary>
    /// After a connection broke: waits for the next one, and finds out whether the same processes answer there. If not, another
    /// <see cref="Incarnation"/> has begun. At once, as a rule.
    /// </summary>
    /// <exception cref="TimeoutException">None answers in time.</exception>
    public ValueTask RecognizeAsync() => !IsRecognized || !_commits.IsConnected ? new(RecognizeAgainAsync()) : default;

    private async Task RecognizeAgainAsync()
    {
        await _recognizing.WaitAsync();
        try
        {
            if (IsRecognized && _commits.IsConnected)
            {
                return;
            }

            // In this order: what breaks from here on is looked at by the next call.
            var breaks = Volatile.Read(ref _breaks);
            var runIds = await ReadRunIdsAsync().WaitAsync(_options.Timeout * 2);
            if (runIds != _runIds)
            {
                _runIds = runIds;
                Interlocked.Increment(ref _incarnation);
            }

            _recognizedBreaks = breaks;
        }
        finally
        {
            _recognizing.Release();
        }
    }

    /// <summary>
    /// Completes once everything that <see cref="Commits"/> wrote before is as durable as the store was set up to make it. Garnet commits its
    /// append-only file on demand (waiting per command starves it); Redis leaves it to appendfsync, or to replicas.
    /// </summary>
    public async Task BarrierAsync()
    {
        if (_isGarnet)
        {
            await Commits.ExecuteAsync("COMMITAOF", [], PrimaryDatabase.Flags);
        }
        else if (_options.WaitForReplicas > 0)
        {
            var timeoutMs = (int)_options.Timeout.TotalMilliseconds;
            var acknowledged = (int)await Commits.ExecuteAsync("WAIT", [_options.WaitForReplicas, timeoutMs], PrimaryDatabase.Flags);
            if (acknowledged < _options.WaitForReplicas)
            {
                throw new StoreInDoubtException($"only {acknowledged} of {_options.WaitForReplicas} replicas have the batch");
            }
        }
    }

    /// <summary>The store's clock.</summary>
    public async Task<DateTimeOffset> TimeAsync()
    {
        var parts = (RedisResult[])(await Database.TimeAsync())!;
        return DateTimeOffset.FromUnixTimeMilliseconds(((long)parts[0] * 1000) + ((long)parts[1] / 1000));
    }

    /// <summary>What the primaries call themselves: a name that each process makes up when it starts.</summary>
    private async Task<string> ReadRunIdsAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        IServer[] primaries;
        while ((primaries = [.. _commits.GetServers().Where(server => server is { IsConnected: true, IsReplica: false })]).Length == 0)
        {
            if (TimeProvider.System.GetElapsedTime(started) > _options.Timeout)
            {
                throw new TimeoutException("no primary of the store is connected");
            }

            await Task.Delay(ConnectionPoll);
        }

        var infos = await Task.WhenAll(primaries.Select(server => server.InfoRawAsync("server")));
        return string.Join(
            ' ',
            infos.SelectMany(info => (info ?? string.Empty).Split('\n', StringSplitOptions.TrimEntries))
                .Where(line => line.StartsWith("run_id:", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _commits.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
