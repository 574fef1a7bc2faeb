using Cycles.Grains.Runs;
using Cycles.Grains.Store;

namespace Cycles.Grains.History;

/// <summary>How long what is in the history is kept.</summary>
internal static class HistoryRetention
{
    /// <summary>Whether a row is kept still. After that its idempotency key is free, and no list shows it.</summary>
    public static bool IsKept(HistoryRow row, StoreOptions options, long nowMs) => KeptUntilMs(row, options) > nowMs;

    /// <summary>Until when any of these rows is kept, in Unix milliseconds.</summary>
    public static long KeptUntilMs(IEnumerable<HistoryRow> rows, StoreOptions options) => rows.Max(row => KeptUntilMs(row, options));

    private static long KeptUntilMs(HistoryRow row, StoreOptions options) =>
        row.EndedMs + (long)(row.Outcome == Outcome.DryRun ? options.ReplayRetention : options.Retention).TotalMilliseconds;
}
