using Cycles.Bench.Report;

namespace Cycles.Bench.Lists;

/// <summary>The tables of lists and their marks.</summary>
internal static class ListReport
{
    private const double MostMs = 50;
    private const double LeastRatio = 0.95;

    public static BenchReport Build(ListResult result)
    {
        var pages = new MarkdownTable("list", "rest CPU ms", "p50 ms", "p95", "p99", "load p50 ms", "p95", "p99");
        foreach (var (idle, load) in result.Idle.Zip(result.UnderLoad))
        {
            pages.Add(
                idle.Shape.Name,
                $"{idle.Processor.TotalMilliseconds:n1}",
                Ms(idle, 0.5),
                Ms(idle, 0.95),
                Ms(idle, 0.99),
                Ms(load, 0.5),
                Ms(load, 0.95),
                Ms(load, 0.99));
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
        var worst = result.UnderLoad.MaxBy(shape => shape.Ms(0.99))!;
        string[] parts =
        [
            $"{MachineDescription.Text}. {result.Budgets:n0} budgets of {result.Tenants:n0} tenants; reserves of all tenants at 50 connections. "
                + $"The index was read in {result.Build.TotalSeconds:n1} s and holds {live:n1} MB.",
            pages.ToString(),
            loads.ToString(),
            Mark.Table(
            [
                new Mark("slowest p99 of a page under load", "at most 50 ms", $"{worst.Ms(0.99):n1} ms ({worst.Shape.Name})", worst.Ms(0.99) <= MostMs),
                new Mark(
                    "reserves with an index to without",
                    "at least 0.95",
                    $"{withIndex.OperationsPerSecond / without.OperationsPerSecond:n2}",
                    withIndex.OperationsPerSecond / without.OperationsPerSecond >= LeastRatio),
            ]),
        ];
        return new BenchReport(string.Join(Environment.NewLine + Environment.NewLine, parts), result.Loads.All(load => load.Problem is null));
    }

    private static string Ms(ShapeResult shape, double quantile) => $"{shape.Ms(quantile):n1}";
}
