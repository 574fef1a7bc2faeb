using Cycles.Bench.Report;

namespace Cycles.Bench.Lists;

/// <summary>The tables of lists and their marks.</summary>
internal static class ListReport
{
    private const double MostMs = 50;
    private const double LeastRatio = 0.95;

    public static BenchReport Build(ListResult result)
    {
        var pages = new MarkdownTable(
            "list", "rest CPU ms", "p50 ms", "p95", "p99", "500/s p50 ms", "p95", "p99", "full load p50 ms", "p95", "p99");
        foreach (var (idle, moderate, full) in result.Idle.Zip(result.ModerateLoad, result.FullLoad))
        {
            pages.Add([
                idle.Shape.Name,
                $"{idle.Processor.TotalMilliseconds:n1}",
                .. new[] { idle, moderate, full }.SelectMany(shape => new[] { 0.5, 0.95, 0.99 }.Select(quantile => $"{shape.Ms(quantile):n1}")),
            ]);
        }

        var (without, withIndex) = (result.Loads[1], result.Loads[2]);
        var loads = new MarkdownTable("reserves while", "op/s", "ratio", "CPU µs/op", "answers");
        foreach (var load in result.Loads)
        {
            loads.Add(
                load.Moment,
                $"{load.OperationsPerSecond:n0}",
                $"{load.OperationsPerSecond / without.OperationsPerSecond:n2}",
                $"{load.ProcessorUs:n0}",
                load.Problem is null ? "as wanted" : $"WRONG: {load.Problem}");
        }

        var live = (result.After.LiveBytes - result.Before.LiveBytes) / 1e6;
        string[] parts =
        [
            $"{MachineDescription.Text}. {result.Budgets:n0} budgets of {result.Tenants:n0} tenants; reserves of all tenants at 50 connections. "
                + $"The index was read in {result.Build.TotalSeconds:n1} s and holds {live:n1} MB.",
            pages.ToString(),
            loads.ToString(),
            Mark.Table(
            [
                Slowest("at rest", result.Idle),
                Slowest("beside 500 reserves a second", result.ModerateLoad),
                Slowest("under full load", result.FullLoad),
                new Mark(
                    "reserves with an index to without",
                    "at least 0.95",
                    $"{withIndex.OperationsPerSecond / without.OperationsPerSecond:n2}",
                    withIndex.OperationsPerSecond / without.OperationsPerSecond >= LeastRatio),
            ]),
        ];
        return new BenchReport(string.Join(Environment.NewLine + Environment.NewLine, parts), result.Loads.All(load => load.Problem is null));
    }

    private static Mark Slowest(string when, IReadOnlyList<ShapeResult> shapes)
    {
        var worst = shapes.MaxBy(shape => shape.Ms(0.99))!;
        var missed = shapes.Count(shape => shape.Ms(0.99) > MostMs);
        return new Mark(
            $"slowest p99 of a page {when}", "at most 50 ms", $"{worst.Ms(0.99):n1} ms ({worst.Shape.Name}); {missed} of {shapes.Count} above", missed == 0);
    }
}
