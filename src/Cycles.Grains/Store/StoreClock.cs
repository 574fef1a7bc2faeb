using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cycles.Grains.Store;

/// <summary>
/// The store's clock, which decides every expiry: one clock, so silos that disagree about the time agree about reservations. Between
/// samples it runs on this machine's monotonic clock.
/// </summary>
public sealed partial class StoreClock(RedisStore store, TimeProvider time, ILogger<StoreClock> logger) : BackgroundService
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(10);

    private Reading? _reading;

    /// <summary>Now, in Unix milliseconds.</summary>
    public long NowMs
    {
        get
        {
            var reading = Volatile.Read(ref _reading) ?? throw new InvalidOperationException("the store's clock was not read yet");
            return reading.StoreMs + (long)time.GetElapsedTime(reading.Timestamp).TotalMilliseconds;
        }
    }

    /// <summary>Now, UTC.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await SampleAsync();
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SampleEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SampleAsync();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The monotonic clock carries on; the next sample corrects what drifts meanwhile.
                LogSampleFailed(logger, exception.Message);
            }
        }
    }

    /// <summary>Takes the middle of the round trip as the moment that the store meant.</summary>
    private async Task SampleAsync()
    {
        var before = time.GetTimestamp();
        var storeTime = await store.TimeAsync();
        var roundTrip = time.GetElapsedTime(before);
        var storeMs = storeTime.ToUnixTimeMilliseconds() + (long)(roundTrip.TotalMilliseconds / 2);
        var timestamp = time.GetTimestamp();

        // Time never runs backwards for those who read this clock.
        if (Volatile.Read(ref _reading) is not null)
        {
            storeMs = Math.Max(storeMs, NowMs);
        }

        Volatile.Write(ref _reading, new Reading(storeMs, timestamp));
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "The store's clock could not be read: {Problem}")]
    private static partial void LogSampleFailed(ILogger logger, string problem);

    private sealed record Reading(long StoreMs, long Timestamp);
}
