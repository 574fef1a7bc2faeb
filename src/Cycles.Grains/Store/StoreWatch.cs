using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cycles.Grains.Store;

/// <summary>
/// Asks every second who answers as the store. A broken connection is looked after at once; but a primary that is demoted, and promoted
/// again with what another one holds, breaks none.
/// </summary>
public sealed partial class StoreWatch(RedisStore store, TimeProvider time, ILogger<StoreWatch> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (!store.SaysWhoItIs)
        {
            LogNobody(logger);
        }

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

    [LoggerMessage(EventId = 1103, Level = LogLevel.Debug, Message = "Who answers as the store could not be seen: {Problem}")]
    private static partial void LogNotSeen(ILogger logger, string problem);
}
