using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cycles.Grains.Store;

/// <summary>
/// The store's clock, which decides every expiry: one clock, so silos that disagree about the time agree about reservations. Between
/// samples it runs on this machine's monotonic clock.
/// </summary>
internal sealed partial class StoreClock(RedisStore store, TimeProvider time, ILogger<StoreClock> logger) : BackgroundService
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(10);

    // The store answers somewhere within the round trip: a long one, as after a lost connection, says too little.
    private static readonly TimeSpan LongestRoundTrip = TimeSpan.FromMilliseconds(100);
    private const int Tries = 5;

    private ClockReading? _reading;

    /// <summary>Now, in Unix milliseconds.</summary>
    public long NowMs
    {
        get
        {
            var reading = Volatile.Read(ref _reading) ?? throw new InvalidOperationException("the store's clock was not read yet");
            return reading.NowMs(time.GetElapsedTime(reading.Timestamp));
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

    /// <summary>Takes the sample with the shortest round trip; when even that is long, only for want of any reading.</summary>
    private async Task SampleAsync()
    {
        ClockSample? best = null;
        for (var attempt = 1; attempt <= Tries && !(best?.RoundTrip <= LongestRoundTrip); attempt++)
        {
            var before = time.GetTimestamp();
            var storeTime = await store.TimeAsync();
            var timestamp = time.GetTimestamp();
            var sample = new ClockSample(storeTime.ToUnixTimeMilliseconds(), timestamp, time.GetElapsedTime(before, timestamp));
            best = best is { } known && known.RoundTrip <= sample.RoundTrip ? known : sample;
        }

        var previous = Volatile.Read(ref _reading);
        if (previous is not null && best!.Value.RoundTrip > LongestRoundTrip)
        {
            LogSampleFailed(logger, $"the shortest round trip took {best.Value.RoundTrip.TotalMilliseconds:F0} ms");
            return;
        }

        var now = time.GetTimestamp();
        var shownMs = previous?.NowMs(time.GetElapsedTime(previous.Timestamp, now)) ?? long.MinValue;
        Volatile.Write(ref _reading, ClockReading.Of(best!.Value, now, time.GetElapsedTime(best.Value.Timestamp, now), shownMs));
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "The store's clock could not be read: {Problem}")]
    private static partial void LogSampleFailed(ILogger logger, string problem);
}
