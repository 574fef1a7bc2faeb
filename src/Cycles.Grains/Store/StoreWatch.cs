using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cycles.Grains.Store;

/// <summary>
/// Asks every second who answers as the store. A broken connection is looked after at once; but a primary that is demoted, and promoted
/// again with what another one holds, breaks none. While the store cannot make changes durable, it also tries whether it can again.
/// </summary>
internal sealed partial class StoreWatch(RedisStore store, TimeProvider time, ILogger<StoreWatch> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!store.SaysWhoItIs)
        {
            LogNobody(logger);
        }

        store.Persistence.Broke += reason => LogBroke(logger, reason);
        store.Persistence.Mended += () => LogMended(logger);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await store.LookAsync().WaitAsync(stoppingToken);
                if (store.Persistence is { IsBroken: true, IsSupervised: false })
                {
                    await store.TryRecoverAsync().WaitAsync(stoppingToken);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Nothing that is only remembered counts until a look succeeds, and what needs the store says that it has none.
                LogNotSeen(logger, exception.Message);
            }
        }
    }

    [LoggerMessage(
        EventId = 1102,
        Level = LogLevel.Warning,
        Message = "The store tells neither run_id nor master_replid: should it come back without its last writes, the ledgers will not know")]
    private static partial void LogNobody(ILogger logger);

    [LoggerMessage(
        EventId = 1104, Level = LogLevel.Error, Message = "The store cannot make changes durable ({Reason}); changes are refused until it can")]
    private static partial void LogBroke(ILogger logger, string reason);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "The store makes changes durable again; changes are taken again")]
    private static partial void LogMended(ILogger logger);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Debug, Message = "Who answers as the store could not be seen: {Problem}")]
    private static partial void LogNotSeen(ILogger logger, string problem);
}
