using Cycles.Grains.Store;

namespace Cycles.Grains.History;

/// <summary>How long what is in the history is kept.</summary>
internal static class HistoryRetention
{
    /// <summary>Until when, in Unix milliseconds. After that its idempotency key is free, and no list shows it.</summary>
    public static long KeptUntilMs(long endedMs, Outcome outcome, StoreOptions options) =>
        endedMs + (long)(outcome == Outcome.DryRun ? options.ReplayRetention : options.Retention).TotalMilliseconds;
}
