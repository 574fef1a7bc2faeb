using Cycles.Contracts.Store;
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

    private readonly SharedBarrier _confirmations;
    private readonly SemaphoreSlim _recognizing = new(1);
    private Task? _look;
    private string _life = string.Empty;
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
        _confirmations = new SharedBarrier(ConfirmOnceAsync);
        commits.ConnectionFailed += (_, _) => Interlocked.Increment(ref _breaks);
        commits.ConfigurationChanged += (_, _) => Interlocked.Increment(ref _breaks);

        // What is answered from memory asks nobody first.
        commits.ConnectionRestored += (_, _) => LookAsync(evenIfRecognized: false).Ignore();
    }

    /// <summary>For reads.</summary>
    public PrimaryDatabase Database { get; }

    /// <summary>
    /// For writes: a conditional transaction holds its connection while it waits for its conditions, and reads should not
    /// wait with it. The barrier goes through here, behind what it is the barrier of.
    /// </summary>
    public IDatabase Commits { get; }

    /// <summary>Whether what is written can be made durable now.</summary>
    public StorePersistence Persistence { get; } = new();

    /// <summary>Whether keys are spread over slots, so that one transaction must stay within one tenant.</summary>
    public bool IsCluster { get; }

    /// <summary>Whether the store answers now.</summary>
    public bool IsConnected => _connection.IsConnected;

    /// <summary>
    /// Which life of the store this is, as far as is known. A store that was restarted, that a replica stands in for, or that took over what
    /// another one holds, may have lost the last writes that it had acknowledged: what was read or written in an earlier life is certain no more.
    /// </summary>
    public long Incarnation => Volatile.Read(ref _incarnation);

    /// <summary>
    /// Whether that <see cref="Incarnation"/> still lives, as far as can be told without asking: from when a connection breaks until it is known
    /// who answers the next one, nothing that is only remembered is certain.
    /// </summary>
    public bool IsRecognized => Volatile.Read(ref _breaks) == _recognizedBreaks;

    /// <summary>Whether what was read in the life <paramref name="incarnation"/> is still certain.</summary>
    public bool IsStill(long incarnation) => Incarnation == incarnation && IsRecognized;

    /// <summary>Whether the store says anything by which another life of it can be told.</summary>
    public bool SaysWhoItIs { get; private set; }

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
        (store._life, store._recognizedBreaks) = await store.ReadLifeAsync(options.Value.Timeout);
        return store;
    }

    /// <summary>
    /// After a connection broke: waits for the next one, and finds out whether the same store answers there. If not, another
    /// <see cref="Incarnation"/> has begun. At once, as a rule.
    /// </summary>
    /// <exception cref="TimeoutException">None answers in time.</exception>
    public ValueTask RecognizeAsync() => !IsRecognized || !_commits.IsConnected ? new(RecognizeSlowlyAsync()) : default;

    /// <summary>Finds out whether the same store answers, although no connection has broken. It does not wait for one, as others would wait with it.</summary>
    /// <exception cref="TimeoutException">None answers.</exception>
    public Task LookAsync() => LookAsync(evenIfRecognized: true);

    /// <summary>All who wait share one look: while no store answers they would otherwise wait one after the other.</summary>
    private async Task RecognizeSlowlyAsync()
    {
        Task look;
        lock (_recognizing)
        {
            look = _look = _look is { IsCompleted: false } running ? running : LookAsync(evenIfRecognized: false);
        }

        await look;
        if (!IsRecognized)
        {
            // The connection broke after that look had begun.
            await LookAsync(evenIfRecognized: false);
        }
    }

    private async Task LookAsync(bool evenIfRecognized)
    {
        await _recognizing.WaitAsync();
        try
        {
            if (!evenIfRecognized && IsRecognized && _commits.IsConnected)
            {
                return;
            }

            var patience = evenIfRecognized ? TimeSpan.Zero : _options.Timeout;
            var (life, breaks) = await ReadLifeAsync(patience).WaitAsync(_options.Timeout * 2);
            if (life != _life)
            {
                _life = life;
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
    /// <exception cref="StoreUnavailableException">The store could not make things durable already before.</exception>
    /// <exception cref="StoreInDoubtException">It could not just now.</exception>
    public async Task BarrierAsync()
    {
        Persistence.ThrowIfBroken();
        var breaks = Persistence.Breaks;
        try
        {
            await PersistAsync();
        }
        catch (Exception exception) when (IsFailureToPersist(exception))
        {
            Persistence.Failed(exception.Message);
            throw;
        }

        if (Persistence.Breaks != breaks)
        {
            // Another barrier failed meanwhile. On Garnet a later one can succeed although what the failed one should have written is missing.
            throw new StoreInDoubtException("the store could not make everything durable that was written before");
        }
    }

    /// <summary>
    /// Completes once everything that was read from <see cref="Database"/> before this call is durable. The store answers from memory, so what it
    /// says may not be on its disk yet. Callers that wait at the same time share one barrier.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot make things durable.</exception>
    public Task ConfirmAsync() => _isGarnet || _options.WaitForReplicas > 0 ? _confirmations.PassAsync() : Task.CompletedTask;

    /// <summary>After a failure: writes something and makes it durable. When that works, the store is no longer broken.</summary>
    public async Task TryRecoverAsync()
    {
        await Commits.StringSetAsync(ClusterKeys.Barrier, Environment.TickCount64, flags: PrimaryDatabase.Flags);
        await PersistAsync();
        Persistence.Recovered();
    }

    /// <summary>
    /// After a batch was refused: finds out whether the store refuses every write, as one whose disk or memory is full does, or whether it was only
    /// something of that batch. Never throws.
    /// </summary>
    public async Task ProbeAsync()
    {
        try
        {
            await Commits.StringSetAsync(ClusterKeys.Barrier, Environment.TickCount64, flags: PrimaryDatabase.Flags).WaitAsync(_options.Timeout * 2);
        }
        catch (RedisServerException exception)
        {
            Persistence.Failed(exception.Message);
        }
        catch (Exception exception) when (exception is TimeoutException or RedisException)
        {
            // It cannot be asked; the next batch finds that out by itself.
        }
    }

    private async Task PersistAsync()
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
                throw new StoreInDoubtException($"only {acknowledged} of {_options.WaitForReplicas} replicas have what was written");
            }
        }

        if (Persistence.FindFailure() is { } failure)
        {
            throw new StoreInDoubtException($"what was written may not be on the disk: {failure}");
        }
    }

    private async Task ConfirmOnceAsync()
    {
        if (!_isGarnet)
        {
            // WAIT is about what its own connection has written, and what was read may be another's: a write of our own comes after it.
            Commits.StringSetAsync(ClusterKeys.Barrier, Environment.TickCount64, flags: PrimaryDatabase.Flags | CommandFlags.FireAndForget).Ignore();
        }

        await BarrierAsync();
    }

    /// <summary>
    /// A slow answer or a lost connection says nothing about the disk, unless the store lives in this process: then it has ended the connection
    /// because it could not write.
    /// </summary>
    private bool IsFailureToPersist(Exception exception) => exception is RedisServerException or StoreInDoubtException
        || (Persistence.IsSupervised && exception is not (TimeoutException or ObjectDisposedException));

    /// <summary>The store's clock.</summary>
    public async Task<DateTimeOffset> TimeAsync()
    {
        var parts = (RedisResult[])(await Database.TimeAsync())!;
        return DateTimeOffset.FromUnixTimeMilliseconds(((long)parts[0] * 1000) + ((long)parts[1] / 1000));
    }

    /// <summary>
    /// What the primaries call themselves, and the histories that they go on with; and which breaks that is known after: what breaks from then
    /// on is for the next look.
    /// </summary>
    private async Task<(string Life, int Breaks)> ReadLifeAsync(TimeSpan patience)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var breaks = Volatile.Read(ref _breaks);
            var primaries = await ReadAsync(server => !server.IsReplica);
            if (primaries.Length > 0 && !Array.Exists(primaries, primary => primary.IsReplica))
            {
                SaysWhoItIs = Array.TrueForAll(primaries, primary => primary.IsKnown);
                var names = primaries.Select(primary => $"{primary.RunId}:{primary.ReplicationId}");
                return (string.Join(' ', names.Order(StringComparer.Ordinal)), breaks);
            }

            if (primaries.Length > 0)
            {
                // Nothing that is only remembered is certain until a primary is found.
                Interlocked.Increment(ref _breaks);
            }

            if (primaries.Length > 0 || Array.Exists(await ReadAsync(server => server.IsReplica), replica => !replica.IsReplica))
            {
                // Demoted or promoted while the connection stood: the client looks for that once a minute only.
                await Task.WhenAll(_commits.ConfigureAsync(), _connection.ConfigureAsync());
            }

            if (TimeProvider.System.GetElapsedTime(started) > patience)
            {
                throw new TimeoutException("no primary of the store is connected");
            }

            await Task.Delay(ConnectionPoll);
        }
    }

    private Task<PrimaryIdentity[]> ReadAsync(Func<IServer, bool> isWanted) =>
        Task.WhenAll(_commits.GetServers().Where(server => server.IsConnected && isWanted(server)).Select(ReadIdentityAsync));

    private static async Task<PrimaryIdentity> ReadIdentityAsync(IServer server)
    {
        var process = server.InfoRawAsync("server");
        var replication = server.InfoRawAsync("replication");
        return PrimaryIdentity.Parse(await process ?? string.Empty, await replication ?? string.Empty);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _commits.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
