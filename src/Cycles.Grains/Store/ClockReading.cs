namespace Cycles.Grains.Store;

/// <summary>One answer of the store's clock.</summary>
/// <param name="StoreMs">What it said, in Unix milliseconds.</param>
/// <param name="Timestamp">This machine's monotonic time when the answer had arrived.</param>
/// <param name="RoundTrip">How long question and answer took together; the store meant a moment within.</param>
internal readonly record struct ClockSample(long StoreMs, long Timestamp, TimeSpan RoundTrip);

/// <summary>What the store's clock is taken to show, from one sample to the next.</summary>
/// <param name="StoreMs">Its time at <paramref name="Timestamp"/>, in Unix milliseconds.</param>
/// <param name="Timestamp">This machine's monotonic time of the reading.</param>
/// <param name="FloorMs">
/// What was shown until then. Time never runs backwards and never stands: one that was ahead goes at half speed until it is right, so that
/// what happens later is later.
/// </param>
internal sealed record ClockReading(long StoreMs, long Timestamp, long FloorMs)
{
    /// <summary>Takes the middle of the round trip as the moment that the store meant.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="timestamp">This machine's monotonic time of now.</param>
    /// <param name="age">How long ago the sample had arrived.</param>
    /// <param name="shownMs">What is shown now.</param>
    public static ClockReading Of(ClockSample sample, long timestamp, TimeSpan age, long shownMs) =>
        new(sample.StoreMs + (long)((sample.RoundTrip / 2) + age).TotalMilliseconds, timestamp, shownMs);

    /// <summary>The store's time, in Unix milliseconds, <paramref name="elapsed"/> after the reading.</summary>
    public long NowMs(TimeSpan elapsed) =>
        Math.Max(FloorMs + (long)(elapsed.TotalMilliseconds / 2), StoreMs + (long)elapsed.TotalMilliseconds);
}
