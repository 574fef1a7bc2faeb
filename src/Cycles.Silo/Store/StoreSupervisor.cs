using System.Threading.Channels;
using Cycles.Grains.Store;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Cycles.Silo.Store;

/// <summary>
/// Looks after the embedded store. When it could not write something to its disk, the store is ended at once: what is in its memory may never
/// reach the disk, so nobody may read it. When the folder can be written again the store is started anew on what is on disk, under another
/// <c>run_id</c>, so that all ledgers read it anew.
/// </summary>
internal sealed partial class StoreSupervisor : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);

    // A start recovers at most one checkpoint and one file of changes.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(5);
    private const int MostFailedStarts = 10;

    private readonly EmbeddedStore _store;
    private readonly RedisStore _redis;
    private readonly ILogger _logger;
    private readonly OncePerCause _warnings = new(TimeSpan.FromMinutes(1));
    private readonly Channel<string> _broken = Channel.CreateBounded<string>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile string? _failure;

    /// <summary>Begins to look after it, until it is disposed of.</summary>
    /// <param name="store">The store.</param>
    /// <param name="redis">The connection to it, which learns whether it can make changes durable.</param>
    /// <param name="logger">For what operators should know.</param>
    public StoreSupervisor(EmbeddedStore store, RedisStore redis, ILogger logger)
    {
        _store = store;
        _redis = redis;
        _logger = logger;
        redis.Persistence.IsSupervised = true;
        redis.Persistence.FindFailure = store.Folder.FindFailure;
        redis.Persistence.Broke += OnBroke;
        store.Problem += OnProblem;
        _running = Task.Run(RunAsync);
    }

    private DataFolder Folder => _store.Folder;

    /// <summary>No longer looks after it.</summary>
    public async ValueTask DisposeAsync()
    {
        _store.Problem -= OnProblem;
        _redis.Persistence.Broke -= OnBroke;
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private void OnBroke(string reason) => _broken.Writer.TryWrite(reason);

    private void OnProblem(GarnetProblem problem)
    {
        if (problem.IsFailureToWrite)
        {
            _failure = problem.Cause;
            Fail(problem.Cause);
        }
        else if (_warnings.IsDue(problem.Category))
        {
            LogProblem(_logger, problem.Category, problem.Message);
        }
    }

    private void Fail(string cause)
    {
        if (!_redis.Persistence.IsBroken)
        {
            _redis.Persistence.Failed($"the data folder '{Folder.Path}' cannot be written: {cause.TrimEnd('.')}; {Folder.FreeMegabytes} MB are free on its disk");
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                using var tick = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                tick.CancelAfter(LookEvery);
                try
                {
                    await _broken.Reader.ReadAsync(tick.Token);
                }
                catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
                {
                    EndIfRemoved();
                }

                // Also when its break went unnoticed: nobody else mends it.
                if (_redis.Persistence.IsBroken)
                {
                    await ReplaceAsync();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is disposed of.
        }
        catch (Exception exception)
        {
            LogCannotStart(_logger, Folder.Path, exception.ToString());
            ProcessEnd.Now($"nobody looks after the embedded store on '{Folder.Path}' any more: {exception.Message}");
        }
    }

    /// <summary>Ends the store, waits until its folder can be written, and starts it on what is there.</summary>
    private async Task ReplaceAsync()
    {
        if (!await _store.TryStopAsync())
        {
            ProcessEnd.Now($"the embedded store on '{Folder.Path}' cannot be ended after a failed write; what was answered is on its disk");
            return;
        }

        for (var failedStarts = 0; ;)
        {
            EndIfRemoved();
            if (_store.FindProblem() is { } problem)
            {
                if (_warnings.IsDue(problem))
                {
                    LogWaiting(_logger, Folder.Path, problem);
                }
            }
            else if (await TryStartAsync())
            {
                return;
            }
            else if (++failedStarts == MostFailedStarts)
            {
                ProcessEnd.Now($"the embedded store cannot be started again on the data in '{Folder.Path}'; the log says why");
            }

            await Task.Delay(LookEvery, _stop.Token);
        }
    }

    private async Task<bool> TryStartAsync()
    {
        try
        {
            _failure = null;
            await Task.Run(_store.Restart).WaitAsync(StartPatience, _stop.Token);
            await ProveAsync().WaitAsync(AnswerPatience, _stop.Token);
            LogRestarted(_logger, Folder.Path, Folder.FreeMegabytes);
            if (_failure is { } failure)
            {
                // It failed again before it was known to work: only failures of a working store are reported to the watcher.
                Fail(failure);
            }

            return true;
        }
        catch (Exception exception) when (!_stop.IsCancellationRequested)
        {
            if (_warnings.IsDue(exception.Message))
            {
                LogCannotStart(_logger, Folder.Path, exception.Message);
            }

            if (!await _store.TryStopAsync())
            {
                ProcessEnd.Now($"the embedded store on '{Folder.Path}' cannot be ended after a failed start");
            }

            return false;
        }
    }

    /// <summary>The ledgers learn that it is another life of the store before changes are taken again.</summary>
    private async Task ProveAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await _redis.LookAsync();
                await _redis.TryRecoverAsync();
                return;
            }
            catch (Exception exception) when (exception is RedisConnectionException or TimeoutException
                && TimeProvider.System.GetElapsedTime(started) < AnswerPatience)
            {
                // The clients have not connected again yet.
                await Task.Delay(TimeSpan.FromMilliseconds(100), _stop.Token);
            }
        }
    }

    private void EndIfRemoved()
    {
        if (!Folder.IsThere)
        {
            _redis.Persistence.Failed($"the data folder '{Folder.Path}' was removed or replaced");
            ProcessEnd.Now($"the data folder '{Folder.Path}' was removed or replaced while it was in use; nothing that is written to it would be kept");
        }
    }

    [LoggerMessage(EventId = 1107, Level = LogLevel.Warning, Message = "The embedded store, {Part}: {Problem}")]
    private static partial void LogProblem(ILogger logger, string part, string problem);

    [LoggerMessage(
        EventId = 1108, Level = LogLevel.Warning, Message = "The embedded store on '{Path}' is ended until its folder can be written: {Problem}")]
    private static partial void LogWaiting(ILogger logger, string path, string problem);

    [LoggerMessage(
        EventId = 1503,
        Level = LogLevel.Warning,
        Message = "The embedded store was started anew on '{Path}', {Free} MB free; what had not reached its disk was thrown away and never acknowledged")]
    private static partial void LogRestarted(ILogger logger, string path, long? free);

    [LoggerMessage(EventId = 1504, Level = LogLevel.Error, Message = "The embedded store cannot be started again on '{Path}': {Problem}")]
    private static partial void LogCannotStart(ILogger logger, string path, string problem);
}
