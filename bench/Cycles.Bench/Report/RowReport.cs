using System.Globalization;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Report;

/// <summary>The table of all rows and the marks below it.</summary>
internal static class RowReport
{
    public static BenchReport Build(IReadOnlyList<RowResult> results, BenchOptions options)
    {
        var table = new MarkdownTable(
            "store", "workload", "scopes", "tenants", "connections", "op/s", "× no-op", "p50 ms", "p95 ms", "p99 ms",
            "server CPU µs/op", "redis CPU µs/op", "others %", "answers");
        foreach (var result in results)
        {
            table.Add(Cells(result, results));
        }

        var marks = results.Select(result => result.Row.Store).Distinct().SelectMany(store => new RowMarks(store, results).All());
        string[] parts =
        [
            $"{MachineDescription.Text}. {options.Duration.TotalSeconds:0} s a row, each on a fresh, warmed server and "
                + "empty data. An op of 'pair' is a reserve and its commit; latencies are per request. "
                + "'others %' is the part of the machine that processes outside the bench took: a row above 10 is disturbed.",
            table.ToString(),
            Mark.Table(marks),
        ];
        return new BenchReport(string.Join(Environment.NewLine + Environment.NewLine, parts), results.All(result => result.Problem is null));
    }

    private static string[] Cells(RowResult result, IReadOnlyList<RowResult> results)
    {
        var (row, load) = (result.Row, result.Load);
        var ceiling = results.FirstOrDefault(other =>
            other.Row.Workload == Workload.NoOp && other.Row.Store == row.Store && other.Row.Connections == row.Connections);
        return
        [
            StoreNames.NameOf(row.Store),
            WorkloadNames.NameOf(row.Workload),
            Text(row.Scopes, "0"),
            Text(row.Tenants, "n0"),
            Text(row.Connections, "0"),
            Text(result.OperationsPerSecond, "n0"),
            ceiling is null ? "" : Text(result.OperationsPerSecond / ceiling.OperationsPerSecond, "0.00"),
            Text(load.P50Us / 1e3, "0.00"),
            Text(load.P95Us / 1e3, "0.00"),
            Text(load.P99Us / 1e3, "0.00"),
            Text(result.ServerMicrosecondsPerOperation, "0"),
            result.RedisMicrosecondsPerOperation is { } redis ? Text(redis, "0") : "",
            Text(result.OthersShare * 100, "0"),
            result.Problem is null ? "as wanted" : $"WRONG: {result.Problem.Replace("|", "/", StringComparison.Ordinal)}",
        ];
    }

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
