using Cycles.Bench.Memory;
using Cycles.Bench.Report;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Outstanding;

/// <summary>The tables of what is outstanding and their marks.</summary>
internal static class OutstandingReport
{
    private const double MostRatio = 1.2;
    private const double MostBytes = 300;
    private const double MostFirstMs = 10_000;
    private const double LeastRate = 5_000;
    private const double MostSlower = 3;

    public static BenchReport Build(IReadOnlyList<OutstandingResult> results)
    {
        var parts = new List<string> { $"{MachineDescription.Text}." };
        foreach (var result in results)
        {
            parts.Add($"### {StoreNames.NameOf(result.Store)}");
            if (result.Active is { } active)
            {
                parts.AddRange(ThroughputTable(active), MemoryTable(active));
            }

            if (result.Due is { } due)
            {
                parts.Add(LatencyTable(due));
            }

            if (result.Tenants is { } tenants)
            {
                parts.Add(TenantsTable(tenants));
            }

            parts.Add(Mark.Table(Marks(result)));
            if (result.Problem is { } problem)
            {
                parts.Add($"WRONG: {problem}");
            }
        }

        return new BenchReport(string.Join(Environment.NewLine + Environment.NewLine, parts), results.All(result => result.Problem is null));
    }

    private static string ThroughputTable(ActiveResult active)
    {
        var table = new MarkdownTable("workload", "active at the start", "operations in all", "op/s", "server CPU µs/op", "redis CPU µs/op");
        foreach (var measured in active.Throughput)
        {
            foreach (var (name, tenant) in new[] { ("few", measured.Few), ($"{active.Count:n0}", measured.Many), ("few", measured.FewToo) })
            {
                table.Add(measured.Workload, name, $"{tenant.Done:n0}", $"{tenant.PerSecond:n0}", $"{tenant.ServerUs:n0}", $"{tenant.RedisUs:n0}");
            }
        }

        return table.ToString();
    }

    private static string MemoryTable(ActiveResult active)
    {
        var table = new MarkdownTable($"with {active.Count:n0} active reservations", "live MB", "pinned MB", "resident MB", "took");
        Add("before there were any", active.Empty, string.Empty);
        Add("after the start on them", active.Started, $"{active.Ready.TotalSeconds:0.0} s until it was ready");
        Add("after the first reserve", active.Reserved, $"{active.First.TotalMilliseconds:n0} ms; of a tenant with few {active.FirstOfFew.TotalMilliseconds:n0} ms");
        Add("after the load", active.Loaded, string.Empty);
        Add("after kill -9, start and first reserve", active.Unlisted, $"{active.FirstAgain.TotalMilliseconds:n0} ms");
        Add("after the first page", active.Listed, $"{active.FirstPage.TotalMilliseconds:n0} ms; the second {active.SecondPage.TotalMilliseconds:n1} ms");
        table.Add("at most while the first page was read", string.Empty, string.Empty, Megabytes(active.ListingResidentBytes), string.Empty);
        return table.ToString();

        void Add(string moment, MemoryReading reading, string took) =>
            table.Add(moment, Megabytes(reading.LiveBytes), Megabytes(reading.PinnedBytes), Megabytes(reading.ResidentBytes), took);
    }

    private static string LatencyTable(DueResult due)
    {
        var table = new MarkdownTable($"{due.PerSecond} reserves a second", "measured", "p50 ms", "p99 ms", "longest ms");
        Add("without a sweep", due.Calm);
        Add($"while {due.Count:n0} are swept: {due.Swept.TotalSeconds:0.0} s, {due.Processor.TotalMicroseconds / due.Count:n0} CPU µs each", due.Sweeping);
        return table.ToString();

        void Add(string name, SteadyTimes times) =>
            table.Add(name, $"{times.Count:n0}", $"{times.P50Ms:0.0}", $"{times.P99Ms:0.0}", $"{times.LongestMs:0}");
    }

    private static string TenantsTable(TenantsResult tenants)
    {
        var table = new MarkdownTable(
            "tenants", "ready s", "live MB after the start", $"with {tenants.Used:n0} in use", "after a list of tenants", "first reserve p50 ms", "p99 ms", "first list ms");
        Add(tenants.Used, tenants.Only);
        Add(tenants.Count, tenants.Among);
        return table.ToString();

        void Add(int count, ServedTenants served) => table.Add(
            $"{count:n0}", $"{served.Ready.TotalSeconds:0.0}", Megabytes(served.Started.LiveBytes), Megabytes(served.Used.LiveBytes), Megabytes(served.Listed.LiveBytes),
            $"{served.FirstP50Ms:0.0}", $"{served.FirstP99Ms:0.0}", $"{served.FirstPage.TotalMilliseconds:n0}");
    }

    private static IEnumerable<Mark> Marks(OutstandingResult result)
    {
        if (result.Active is { } active)
        {
            foreach (var measured in active.Throughput)
            {
                yield return Mark.AtMost($"{measured.Workload}: few/many op/s (the two with few differ by {measured.Noise:P0})", MostRatio, measured.Slower, "times");
                yield return Mark.AtMost($"{measured.Workload}: CPU of many/few, server and store", MostRatio, measured.Dearer, "times");
            }

            yield return Mark.AtMost("silo, live for each active reservation", MostBytes, Each(active.Reserved, active.Started), "bytes");
            if (result.Store == StoreKind.Embedded)
            {
                yield return Mark.AtMost("silo and the embedded store's objects, live for each", MostBytes, Each(active.Reserved, active.Empty), "bytes");
            }

            yield return Mark.AtMost("first reserve after kill -9 and restart", MostFirstMs, Math.Max(active.First.TotalMilliseconds, active.FirstAgain.TotalMilliseconds), "ms");

            double Each(MemoryReading after, MemoryReading before) => (double)(after.LiveBytes - before.LiveBytes) / active.Count;
        }

        if (result.Due is { } due)
        {
            yield return Mark.AtLeast("swept a second", LeastRate, due.Rate);
            yield return Mark.AtMost("p99 of a reserve, while swept/without", MostSlower, due.Sweeping.P99Ms / due.Calm.P99Ms, "times");
        }

        if (result.Tenants is { } tenants)
        {
            yield return Mark.AtMost("start with all tenants/with the used ones", MostRatio, tenants.Among.Ready / tenants.Only.Ready, "times");
            yield return Mark.AtMost(
                "live after the start, with all/with the used ones", MostRatio, (double)tenants.Among.Started.LiveBytes / tenants.Only.Started.LiveBytes, "times");
            yield return Mark.AtMost("live through use, among all/without the others", MostRatio, ByUse(tenants.Among) / ByUse(tenants.Only), "times");
        }

        static double ByUse(ServedTenants served) => served.Used.LiveBytes - served.Started.LiveBytes;
    }

    private static string Megabytes(long bytes) => $"{bytes / 1e6:n1}";
}
