using System.Numerics;
using Cycles.Grains.Peers;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;

namespace Cycles.Grains.History;

/// <summary>
/// Merges small runs into larger ones, so that a page of a list has few runs to look into. Records stay where they are. Runs whose time is over are
/// taken out of the list of runs; the store has removed their keys.
/// </summary>
internal sealed class HistoryMerger(HistoryReader reader, TenantKeys keys, HistoryWriter writer, StoreClock clock, StoreOptions options)
{
    /// <summary>Merges what is to be merged.</summary>
    /// <returns>Whether it came forward, and should be asked again.</returns>
    public async Task<bool> MergeAsync(OpenedHistory opened, CancellationToken stop)
    {
        if (opened.Manifest.Retired.Length > 0)
        {
            return await writer.RetireAsync(opened);
        }

        RunInfo[] runs = Array.FindAll(opened.Manifest.Runs, run => run.KeptUntilMs > clock.NowMs);
        var sources = Choose(runs);
        if (sources.Length == 0)
        {
            return runs.Length < opened.Manifest.Runs.Length && await writer.ChangeAsync(opened, new NextHistory(opened.Manifest with { Runs = runs }));
        }

        var merged = new MergedRows(options, clock.NowMs);
        foreach (var source in sources)
        {
            await merged.AddAsync(reader, source, stop);
        }

        var after = opened.Manifest with { Runs = [.. runs.Except(sources)], Retired = sources };
        if (merged.Rows.Count == 0)
        {
            return await writer.ChangeAsync(opened, new NextHistory(after));
        }

        var (scopes, batches, rows) = merged.ToSorted();
        var keptUntilMs = HistoryRetention.KeptUntilMs(rows, options);
        var (run, values) = RunWriter.Write(keys, sources.Max(source => source.Level) + 1, rows, scopes, batches, keptUntilMs);
        return await writer.WriteAsync(values, keptUntilMs, opened, new NextHistory(after with { Runs = [.. after.Runs, run] }), stop);
    }

    /// <summary>The runs to merge, once there are enough small ones of a size; none before.</summary>
    private static RunInfo[] Choose(RunInfo[] runs)
    {
        // Those of like size, so that a row is merged few times.
        var alike = runs.Where(run => run.TotalRows < HistoryFormat.RunRows / 2)
            .GroupBy(run => (BitOperations.Log2((uint)run.TotalRows) + 2) / 4)
            .FirstOrDefault(group => group.Count() >= HistoryFormat.MergedRuns);
        var rows = 0;
        return [.. (alike ?? Enumerable.Empty<RunInfo>()).Take(HistoryFormat.MergedRuns).TakeWhile(run => (rows += run.TotalRows) <= HistoryFormat.RunRows)];
    }
}
