namespace Cycles.Grains.Store;

/// <summary>One answer of the store's clock.</summary>
/// <param name="StoreMs">What it said, in Unix milliseconds.</param>
/// <param name="Timestamp">This machine's monotonic time when the answer had arrived.</param>
/// <param name="RoundTrip">How long question and answer took together; the store meant a moment within.</param>
internal readonly record struct ClockSample(long StoreMs, long Timestamp, TimeSpan RoundTrip);

/// <summary>What the store's clock is taken to show, from one sample to the next.</summary>
/// <param name="StoreMs">Its time at <paramref name="Timestamp"/>, in Unix milliseconds.</param>
/// <param name="Timestamp">This machine's monotonic time of the sample.</param>
/// <param name="FloorMs">What was shown before: time never runs backwards, it stands still until a clock that was ahead is caught up with.</param>
internal sealed record ClockReading(long StoreMs, long Timestamp, long FloorMs)
{
    /// <summary>Takes the middle of the round trip as the moment that the store meant.</summary>
    public static ClockReading Of(ClockSample sample, long shownMs) =>
        new(sample.StoreMs + (long)(sample.RoundTrip.TotalMilliseconds / 2), sample.Timestamp, shownMs);

    /// <summary>The store's time, in Unix milliseconds, <paramref name="elapsed"/> after the sample.</summary>
    public long NowMs(TimeSpan elapsed) => Math.Max(FloorMs, StoreMs + (long)elapsed.TotalMilliseconds);
}
