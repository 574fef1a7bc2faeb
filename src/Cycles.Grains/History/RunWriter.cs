using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Grains.History;

/// <summary>Makes a run of rows: pure, from rows to the keys that it consists of.</summary>
internal static class RunWriter
{
    /// <summary>The run of these rows, and what its keys hold.</summary>
    /// <param name="tenant">The tenant's keys.</param>
    /// <param name="level">The run's level.</param>
    /// <param name="rows">The rows, in any order; at least one. <see cref="HistoryRow.Scope"/> is a place in <paramref name="scopes"/>.</param>
    /// <param name="scopes">Their distinct scopes, sorted by code units.</param>
    /// <param name="batches">The batches of their records.</param>
    /// <param name="keptUntilMs">When nothing of it is kept any more.</param>
    public static (RunInfo Run, List<KeyValuePair<RedisKey, byte[]>> Values) Write(
        TenantKeys tenant, int level, HistoryRow[] rows, string[] scopes, string[] batches, long keptUntilMs)
    {
        var run = Describe(level, rows, scopes.Length, keptUntilMs);
        var keys = new RunKeys(tenant, run);
        var values = new List<KeyValuePair<RedisKey, byte[]>>();
        foreach (var order in Enum.GetValues<HistoryOrder>())
        {
            var sorted = Sort(rows, order);
            values.Add(new(keys.Directory(order), OrderDirectory.Write(sorted, order)));
            foreach (var outcome in Enum.GetValues<Outcome>())
            {
                for (var page = 0; page < run.PagesOf(outcome); page++)
                {
                    values.Add(new(keys.Rows(order, outcome, page), RowPage.Write(Part(sorted[(int)outcome], page, HistoryFormat.RowsInPage), order)));
                }
            }
        }

        // Of few sizes, so that many lie side by side in memory.
        var filter = new IdFilter((int)BitOperations.RoundUpToPowerOf2((uint)rows.Length));
        Array.ForEach(rows, row => filter.Add(row.Id));
        values.Add(new(keys.Filter, filter.ToBytes()));
        WriteScopes(keys, run.ScopePages, rows, scopes, values);
        var head = new RunHead
        {
            Batches = batches,
            FirstScopes = [.. scopes.Where((_, i) => i % HistoryFormat.ScopesInPage == 0)],
        };
        values.Add(new(keys.Segments, FilterOf(scopes).ToBytes()));
        values.Add(new(keys.Head, GrainJson.Write(head, GrainJson.Default.RunHead)));
        return (run, values);
    }

    /// <summary>A segment's key in <see cref="RunKeys.Segments"/>.</summary>
    public static ulong KeyOfSegment(ReadOnlySpan<char> segment) => XxHash64.HashToUInt64(MemoryMarshal.AsBytes(segment));

    private static RunInfo Describe(int level, HistoryRow[] rows, int scopes, long keptUntilMs)
    {
        var counts = new int[Outcomes.Count];
        var (created, expires, ended) = (RunInfo.Span.Empty, RunInfo.Span.Empty, RunInfo.Span.Empty);
        foreach (var row in rows)
        {
            counts[(int)row.Outcome]++;
            if (row.Outcome != Outcome.DryRun)
            {
                (created, expires, ended) = (created.With(row.CreatedMs), expires.With(row.ExpiresMs), ended.With(row.EndedMs));
            }
        }

        return new RunInfo
        {
            Id = Guid.NewGuid().ToString("N")[..16],
            Level = level,
            Rows = counts,
            Scopes = scopes,
            Created = created,
            Expires = expires,
            Ended = ended,
            KeptUntilMs = keptUntilMs,
        };
    }

    private static HistoryRow[][] Sort(HistoryRow[] rows, HistoryOrder order)
    {
        var sorted = new HistoryRow[Outcomes.Count][];
        for (var outcome = 0; outcome < sorted.Length; outcome++)
        {
            sorted[outcome] = Array.FindAll(rows, row => row.Outcome == (Outcome)outcome);
            Array.Sort(Array.ConvertAll(sorted[outcome], row => row.PlaceIn(order)), sorted[outcome]);
        }

        return sorted;
    }

    private static void WriteScopes(RunKeys keys, int pages, HistoryRow[] rows, string[] scopes, List<KeyValuePair<RedisKey, byte[]>> values)
    {
        var counts = new int[scopes.Length];
        foreach (var row in rows)
        {
            counts[row.Scope]++;
        }

        for (var page = 0; page < pages; page++)
        {
            var written = ScopePage.Write(Part(scopes, page, HistoryFormat.ScopesInPage), Part(counts, page, HistoryFormat.ScopesInPage));
            values.Add(new(keys.Scopes(page), written));
        }
    }

    private static IdFilter FilterOf(string[] scopes)
    {
        var segments = new HashSet<ulong>();
        foreach (var scope in scopes)
        {
            foreach (var range in scope.AsSpan().Split('/'))
            {
                segments.Add(KeyOfSegment(scope.AsSpan()[range]));
            }
        }

        var filter = new IdFilter(Math.Max(segments.Count, 1));
        foreach (var segment in segments)
        {
            filter.Add(segment);
        }

        return filter;
    }

    private static ReadOnlySpan<T> Part<T>(T[] all, int page, int inPage) => all.AsSpan(page * inPage, Math.Min(inPage, all.Length - (page * inPage)));
}
