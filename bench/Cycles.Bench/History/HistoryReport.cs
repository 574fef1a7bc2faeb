using Cycles.Bench.Report;
using Cycles.Bench.Servers;

namespace Cycles.Bench.History;

/// <summary>The tables of histories and their marks.</summary>
internal static class HistoryReport
{
    private const double MostMs = 50;
    private const double LeastRatio = 0.95;
    private const double MostMegabytes = 32;
    private const double MostBytes = 450;

    public static BenchReport Build(IReadOnlyList<HistoryResult> results)
    {
        var parts = new List<string> { $"{MachineDescription.Text}. One tenant with a history, beside one without." };
        foreach (var result in results)
        {
            parts.Add($"### {StoreNames.NameOf(result.Store)}, {result.Reservations:n0} reservations");
            var pages = new MarkdownTable("list", "rows", "fewest of a page with another behind it", "p50 ms", "p99 ms", "CPU ms");
            foreach (var page in result.Pages)
            {
                pages.Add(page.Name, $"{page.Rows}", $"{page.FewestRows:0}", $"{page.P50Ms:n1}", $"{page.P99Ms:n1}", $"{page.CpuMs:n1}");
            }

            parts.Add(pages.ToString());
            parts.Add(Mark.Table(Marks(result)));
        }

        return new BenchReport(string.Join(Environment.NewLine + Environment.NewLine, parts), results.All(result => result.Problem is null));
    }

    private static IEnumerable<Mark> Marks(HistoryResult result)
    {
        foreach (var measured in result.Throughput)
        {
            yield return Mark.AtLeast(
                $"{measured.Workload}: with a history to without (the two without differ by {Math.Abs(1 - (measured.Without / measured.WithoutToo)):P0})",
                LeastRatio,
                measured.Ratio);
            yield return Mark.AtMost($"{measured.Workload}: processor time with a history to without", 1 / LeastRatio, measured.CpuWithUs / measured.CpuWithoutUs, "times");
        }

        yield return Mark.AtMost("first reserve after a restart", 1_000, result.FirstWith.TotalMilliseconds, "ms");
        yield return Mark.AtMost("first page after a restart", MostMs, result.FirstPage.TotalMilliseconds, "ms");
        yield return Mark.AtMost("live memory, once it was reserved", MostMegabytes, (result.Active.LiveBytes - result.Before.LiveBytes) / 1e6, "MB");
        yield return Mark.AtMost("live memory, once all was listed", MostMegabytes, (result.Listed.LiveBytes - result.Before.LiveBytes) / 1e6, "MB");
        var worst = result.Pages.MaxBy(page => page.P99Ms)!;
        yield return Mark.AtMost($"slowest p99 of a page ({worst.Name})", MostMs, worst.P99Ms, "ms");
        if (result.RedisBytes > 0)
        {
            yield return Mark.AtMost("Redis for each reservation", MostBytes, (double)result.RedisBytes / result.Reservations, "bytes");
        }
    }
}
