using Cycles.Bench.Report;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Audit;

/// <summary>The tables of the audit log and their marks.</summary>
internal static class AuditReport
{
    private const double WantedP99Ms = 50;
    private const double WantedBytes = 150;

    public static BenchReport Build(IReadOnlyList<AuditResult> results)
    {
        var table = new MarkdownTable("store", "question", "entries found", "p50 ms", "p95 ms", "p99 ms", "server CPU ms", "answers");
        foreach (var result in results)
        {
            foreach (var row in result.Rows)
            {
                table.Add(
                    StoreNames.NameOf(result.Store), row.Question.Replace("|", "/", StringComparison.Ordinal), $"{row.Found}", $"{row.P50Ms:0.0}", $"{row.P95Ms:0.0}", $"{row.P99Ms:0.0}",
                    $"{row.ServerCpuMs:0.0}",
                    row.Problem is null ? "as wanted" : $"WRONG: {row.Problem}");
            }
        }

        var builds = new MarkdownTable("store", "entries", "written in s", "index built in s", "index MB", "bytes an entry");
        foreach (var result in results)
        {
            builds.Add(
                StoreNames.NameOf(result.Store), $"{result.Entries:n0}", $"{result.Fill.TotalSeconds:0.0}", $"{result.Build.TotalSeconds:0.0}",
                $"{result.IndexBytes / 1e6:0}", $"{(double)result.IndexBytes / result.Entries:0}");
        }

        string[] parts =
        [
            $"{MachineDescription.Text}. {AuditFill.Tenants} tenants, {AuditFill.Days} days; pages one after the other over HTTP, as a dashboard asks.",
            builds.ToString(),
            table.ToString(),
            Mark.Table(results.SelectMany(Marks)),
        ];
        return new BenchReport(
            string.Join(Environment.NewLine + Environment.NewLine, parts), results.All(result => result.Rows.All(row => row.Problem is null)));
    }

    private static IEnumerable<Mark> Marks(AuditResult result) =>
    [
        Mark.AtMost($"{StoreNames.NameOf(result.Store)}: p99 of the slowest question", WantedP99Ms, result.Rows.Max(row => row.P99Ms), "ms"),
        Mark.AtMost($"{StoreNames.NameOf(result.Store)}: index, bytes an entry", WantedBytes, (double)result.IndexBytes / result.Entries, "bytes"),
    ];
}
