using System.Diagnostics;
using System.Threading.Channels;
using Cycles.Contracts.Store;
using Cycles.Grains.Caching;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

/// <summary>
/// The silo's group commit: as soon as the previous batch is durable, all that has queued since goes out as one MULTI … EXEC, conditional
/// on the fences of the tenants in it, followed by the store's durability barrier. The cost of a durable write is shared under load, and
/// no delay is added without load.
/// </summary>
internal sealed partial class GroupCommit : BackgroundService
{
    // A refusal without a fence that has moved can happen: a fence that was written anew with what it had, or, on Garnet, another key that shares
    // its place in the table of watched keys. Twice in a row is no such chance: who refuses and who answers are not one store.
    private const int MostUnexplainedRefusals = 2;

    // Errors of Redis that come for a command that was not queued, so that EXEC does nothing.
    private static readonly string[] WholeRefusals = ["EXECABORT", "MISCONF", "OOM", "READONLY", "NOREPLICAS"];

    private readonly RedisStore _store;
    private readonly StoreOptions _options;
    private readonly ILogger<GroupCommit> _logger;
    private readonly Channel<QueuedTransaction> _queue;
    private readonly ByteBudget _room;

    public GroupCommit(RedisStore store, IOptions<StoreOptions> options, ILogger<GroupCommit> logger)
    {
        _store = store;
        _options = options.Value;
        _logger = logger;
        _room = new ByteBudget(_options.QueuedBytes);
        _queue = Channel.CreateBounded<QueuedTransaction>(
            new BoundedChannelOptions(_options.MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    // The client has a timeout of its own. But a command that it loses with its connection would end all writing of this silo, and it has
    // lost some. What is given up here and written later after all meets a fence that has moved.
    private TimeSpan Patience => _options.Timeout * 2;

    /// <summary>
    /// Queues a transaction of the tenant whose fence must still have <paramref name="token"/>, in the store that still lives the life
    /// <paramref name="incarnation"/>.
    /// </summary>
    /// <returns>True once it is durable; false when the fence has moved, or the store is another, and nothing was written.</returns>
    /// <exception cref="StoreInDoubtException">Whether it was written is not known.</exception>
    /// <exception cref="StoreUnavailableException">It was not written: the store cannot make changes durable now.</exception>
    public Task<bool> CommitAsync(RedisKey fence, RedisValue token, long incarnation, TenantKeys keys, LedgerTransaction transaction) =>
        QueueAsync(new QueuedTransaction(fence, token, incarnation, keys, transaction));

    /// <summary>
    /// Takes a tenant's fence: from then on nobody who took it earlier can write. The barrier behind it covers all that was written before, so what
    /// is read of the tenant afterwards is durable.
    /// </summary>
    /// <exception cref="StoreInDoubtException">Whether it was taken, or what was written before is durable, is not known.</exception>
    public async Task<FenceTaken> TakeFenceAsync(RedisKey fence, RedisValue token, long incarnation, TenantKeys keys)
    {
        var queued = new QueuedTransaction(fence, token, incarnation, keys, new LedgerTransaction(), takesFence: true);
        return await QueueAsync(queued) ? new FenceTaken(true, await queued.PreviousFence!, Stopwatch.GetTimestamp()) : default;
    }

    private async Task<bool> QueueAsync(QueuedTransaction queued)
    {
        await _room.TakeAsync(queued.Bytes);
        try
        {
            if (!_queue.Writer.TryWrite(queued))
            {
                await _queue.Writer.WriteAsync(queued);
            }

            return await queued.Completion;
        }
        finally
        {
            _room.Return(queued.Bytes);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What has queued is still written; the reader ends when the queue is empty.
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            await running.WaitAsync(cancellationToken);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            // Its own list: an operation of an earlier batch that was given up may still look at that one's.
            var batch = new List<QueuedTransaction>();
            var bytes = 0L;
            while (batch.Count < _options.MaxBatch && bytes < _options.MaxBatchBytes && _queue.Reader.TryRead(out var queued))
            {
                bytes += queued.Bytes;
                batch.Add(queued);
            }

            if (_store.IsCluster)
            {
                // One transaction of a Redis Cluster stays within one slot, which here is one tenant.
                await Task.WhenAll(batch.GroupBy(queued => queued.Fence).Select(tenant => WriteAsync([.. tenant])));
            }
            else
            {
                await WriteAsync(batch);
            }
        }
    }

    /// <summary>Writes a batch, again without the tenants whose fence turned out to have moved. Never throws: each caller gets its outcome.</summary>
    private async Task WriteAsync(List<QueuedTransaction> batch)
    {
        using var activity = Telemetry.Source.StartActivity("ledger.group_commit");
        activity?.SetTag("cycles.batch", batch.Count);
        var started = Stopwatch.GetTimestamp();
        var unexplained = 0;
        try
        {
            while (batch.Count > 0)
            {
                await RecognizeAsync();
                var incarnation = _store.Incarnation;
                batch = OfThisLife(batch, incarnation);
                if (batch.Count == 0)
                {
                    return;
                }

                var written = new StoreBatch(_store.Commits, batch).ExecuteAsync();
                var barrier = _store.BarrierAsync();
                if (await written.WaitAsync(Patience))
                {
                    await PassAsync(barrier);
                    await _store.RecognizeAsync();
                    if (_store.Incarnation != incarnation)
                    {
                        throw new StoreInDoubtException("the store was restarted or replaced while it wrote the batch");
                    }

                    Telemetry.BatchSize.Record(batch.Count);
                    Telemetry.BatchDuration.Record(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    batch.ForEach(queued => queued.Complete(durable: true));
                    return;
                }

                await PassAsync(barrier);
                var remaining = await WithoutFencedAsync(batch).WaitAsync(Patience);
                unexplained = remaining.Count == batch.Count ? unexplained + 1 : 0;
                batch = remaining;
                if (unexplained == MostUnexplainedRefusals)
                {
                    throw new StoreInDoubtException("the store refuses the batch, and none of its fences has moved");
                }
            }
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            var refusal = exception as StoreUnavailableException ?? new StoreUnavailableException($"the store refuses changes: {exception.Message}", exception);
            batch.ForEach(queued => queued.Fail(refusal));
            if (exception is RedisServerException)
            {
                await _store.ProbeAsync();
            }
        }
        catch (Exception exception)
        {
            LogInDoubt(_logger, batch.Count, exception);
            activity?.SetStatus(ActivityStatusCode.Error);
            batch.ForEach(queued => queued.Fail(new StoreInDoubtException("the outcome of a batch is unknown", exception)));
        }
    }

    /// <summary>Before a batch is sent: makes sure that a store is there that can make it durable.</summary>
    /// <exception cref="StoreUnavailableException">None is; nothing was sent.</exception>
    private async Task RecognizeAsync()
    {
        _store.Persistence.ThrowIfBroken();
        try
        {
            await _store.RecognizeAsync();
        }
        catch (Exception exception) when (exception is TimeoutException or RedisException)
        {
            throw new StoreUnavailableException("the store cannot be reached", exception);
        }

        _store.Persistence.ThrowIfBroken();
    }

    /// <summary>The barrier behind a batch that was sent: when it fails the batch may be written and not durable, whatever it fails with.</summary>
    private async Task PassAsync(Task barrier)
    {
        try
        {
            await barrier.WaitAsync(Patience);
        }
        catch (Exception exception)
        {
            throw new StoreInDoubtException("the store did not make the batch durable", exception);
        }
    }

    /// <summary>
    /// Whether a failure says that nothing of the batch was written: the store refused it as a whole, as Redis does when its disk or memory is full.
    /// A batch that failed at its barrier is not among these.
    /// </summary>
    private static bool IsRefusal(Exception exception) => exception is StoreUnavailableException
        || (exception is RedisServerException && WholeRefusals.Any(code => exception.Message.StartsWith(code, StringComparison.Ordinal)));

    /// <summary>Without what rests on reads of a store that may have forgotten since: those ledgers reload, each when it comes by.</summary>
    private List<QueuedTransaction> OfThisLife(List<QueuedTransaction> batch, long incarnation)
    {
        if (batch.TrueForAll(queued => queued.Incarnation == incarnation))
        {
            return batch;
        }

        LogAnotherStore(_logger);
        foreach (var queued in batch.Where(queued => queued.Incarnation != incarnation))
        {
            queued.Complete(durable: false);
        }

        return batch.FindAll(queued => queued.Incarnation == incarnation);
    }

    private async Task<List<QueuedTransaction>> WithoutFencedAsync(List<QueuedTransaction> batch)
    {
        var fences = batch.Select(queued => queued.Fence).Distinct().ToArray();
        var tokens = await Task.WhenAll(fences.Select(fence => _store.Database.StringGetAsync(fence)));
        var current = fences.Zip(tokens).ToDictionary(pair => pair.First, pair => pair.Second);
        var remaining = new List<QueuedTransaction>(batch.Count);
        foreach (var queued in batch)
        {
            if (queued.TakesFence || current[queued.Fence] == queued.Token)
            {
                remaining.Add(queued);
            }
            else
            {
                queued.Complete(durable: false);
            }
        }

        return remaining;
    }

    [LoggerMessage(
        EventId = 1203, Level = LogLevel.Warning, Message = "The store was restarted or replaced, and may have lost its last writes; ledgers reload")]
    private static partial void LogAnotherStore(ILogger logger);

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "The outcome of a batch of {Count} transactions is unknown; their ledgers reload")]
    private static partial void LogInDoubt(ILogger logger, int count, Exception exception);
}
