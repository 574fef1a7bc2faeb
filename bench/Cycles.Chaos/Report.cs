using System.Globalization;
using System.Text;
using Cycles.Chaos.Faults;

namespace Cycles.Chaos;

/// <summary>The table: a row for each kind of fault.</summary>
internal static class Report
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    public static string Line(int number, FaultResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{number,4}. {result.Fault.Row,-32} longest {result.Longest.TotalSeconds,5:F1} s, median {result.Median.TotalSeconds,4:F1} s, "
            + $"{result.Without(Short),3} tenants over 2 s, {result.Failed,5} requests failed, {result.Lines,5} log lines"
            + $"{string.Concat(result.Ends.Select(end => $", ended with {end.ExitCode} after {end.Took.TotalSeconds:F1} s"))}");

    public static string Table(IEnumerable<FaultResult> results)
    {
        var table = new StringBuilder();
        table.AppendLine("| fault | times | longest without service, s | median tenant, worst run, s | tenants over 2 s, most | over 10 s, most | failed requests, most | end after SIGTERM, longest, s |");
        table.AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var row in results.GroupBy(result => result.Fault.Row).OrderBy(row => row.Key, StringComparer.Ordinal))
        {
            var ends = row.SelectMany(result => result.Ends).ToArray();
            table.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Key} | {row.Count()} | {row.Max(result => result.Longest).TotalSeconds:F1} | {row.Max(result => result.Median).TotalSeconds:F1} "
                    + $"| {row.Max(result => result.Without(Short))} | {row.Max(result => result.Without(Long))} | {row.Max(result => result.Failed)} "
                    + $"| {(ends.Length == 0 ? "" : $"{ends.Max(end => end.Took).TotalSeconds:F1}")} |"));
        }

        return table.ToString();
    }
}
