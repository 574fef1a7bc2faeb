using Cycles.Bench.Report;

namespace Cycles.Bench.Limits;

/// <summary>The table of containers.</summary>
internal static class LimitReport
{
    /// <summary>The smallest container that is supported: what happens in smaller ones is shown, and nothing is promised.</summary>
    public const int LeastMegabytes = 512;

    public static BenchReport Build(IReadOnlyList<LimitResult> results, TimeSpan duration)
    {
        var table = new MarkdownTable("container MB", "record bytes", "pairs", "503", "p99 ms", "most used MB", "exit after SIGTERM", "answers");
        foreach (var result in results)
        {
            table.Add(
                $"{result.Megabytes}",
                $"{result.RecordBytes:n0}",
                $"{result.Pairs:n0}",
                $"{result.TurnedAway:n0}",
                $"{result.P99Us / 1000.0:n0}",
                $"{result.PeakBytes / (1024 * 1024):n0}",
                result.End,
                result.Problem ?? "as wanted");
        }

        string[] parts =
        [
            $"{MachineDescription.Text}. Reserve+commit pairs at 64 connections for {duration.TotalSeconds:0} s, one process on the embedded store with "
                + "the settings that it has by itself (but `MaxMetadataBytes` for the larger records).",
            table.ToString(),
        ];
        return new BenchReport(
            string.Join(Environment.NewLine + Environment.NewLine, parts),
            results.All(result => result.Problem is null || result.Megabytes < LeastMegabytes));
    }
}
