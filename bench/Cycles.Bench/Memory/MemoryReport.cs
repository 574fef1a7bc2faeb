using Cycles.Bench.Report;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Memory;

/// <summary>The table of memory and its mark.</summary>
internal static class MemoryReport
{
    public static BenchReport Build(IReadOnlyList<MemoryResult> results)
    {
        var table = new MarkdownTable("store", "reading", "pairs", "live MB", "pinned MB", "resident MB", "answers");
        foreach (var result in results)
        {
            Add("base", result.BasePairs, result.Before);
            Add("at once", result.BasePairs + result.Pairs, result.AtOnce);
            Add($"after {result.Settled.TotalSeconds:0} s", result.BasePairs + result.Pairs, result.After);

            void Add(string moment, long pairs, MemoryReading reading) => table.Add(
                StoreNames.NameOf(result.Store), moment, $"{pairs:n0}", Megabytes(reading.LiveBytes), Megabytes(reading.PinnedBytes),
                Megabytes(reading.ResidentBytes), result.Problem is null ? "as wanted" : $"WRONG: {result.Problem}");
        }

        string[] parts =
        [
            $"{MachineDescription.Text}. Reserve+commit pairs at 50 connections, silence before each reading but 'at once'. All readings follow "
                + "a full collection. 'live' is without the pinned heap, which holds the embedded store's data; so does 'resident'.",
            table.ToString(),
            Mark.Table(results.SelectMany(Marks)),
        ];
        return new BenchReport(string.Join(Environment.NewLine + Environment.NewLine, parts), results.All(result => result.Problem is null));
    }

    private static IEnumerable<Mark> Marks(MemoryResult result) =>
    [
        Change(result, "live", reading => reading.LiveBytes),
        Change(result, "resident", reading => reading.ResidentBytes),
    ];

    private static Mark Change(MemoryResult result, string name, Func<MemoryReading, long> bytes)
    {
        var (before, after) = (bytes(result.Before), bytes(result.After));
        var change = ((double)after / before) - 1;
        return new Mark(
            $"{StoreNames.NameOf(result.Store)}: {name} memory after {result.Pairs:n0} pairs",
            "within ±10 %",
            $"{change:+0.0 %;-0.0 %}, {(double)(after - before) / result.Pairs:0} bytes a pair",
            Math.Abs(change) <= MemoryRunner.Tolerance);
    }

    private static string Megabytes(long bytes) => $"{bytes / 1e6:n1}";
}
