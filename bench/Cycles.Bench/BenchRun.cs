using Cycles.Bench.Audit;
using Cycles.Bench.History;
using Cycles.Bench.Limits;
using Cycles.Bench.Lists;
using Cycles.Bench.Load;
using Cycles.Bench.Memory;
using Cycles.Bench.Outstanding;
using Cycles.Bench.Processes;
using Cycles.Bench.Report;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench;

/// <summary>One run of the bench: checks the tools, builds the gateway, measures, reports.</summary>
internal static class BenchRun
{
    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellation)
    {
        StoreKind[] stores = [.. options.Stores ?? (options.History || options.Outstanding ? [StoreKind.Embedded, StoreKind.RedisEverySecond] : options.Memory || options.Audit || options.Lists || options.Limits ? [StoreKind.Embedded] : Enum.GetValues<StoreKind>())];
        if (!options.Audit)
        {
            Tool.Require("wrk", "wrk");
        }

        if (stores.Any(store => store != StoreKind.Embedded))
        {
            Tool.Require("redis-server", "redis-server");
        }

        var gateway = options.Gateway ?? await GatewayBuild.BuildAsync(cancellation);
        var launcher = new ServerLauncher(gateway, options.DataFolder);
        var report = options switch
        {
            { Audit: true } => await MeasureAuditAsync(options, stores, launcher, cancellation),
            { History: true } => await MeasureHistoryAsync(options, stores, launcher, cancellation),
            { Outstanding: true } => await MeasureOutstandingAsync(options, stores, launcher, cancellation),
            { Limits: true } => LimitReport.Build(
                await new LimitRunner(launcher, new Wrk(), options.LimitDuration).RunAsync(cancellation), options.LimitDuration),
            { Lists: true } => ListReport.Build(await new ListRunner(launcher, new Wrk(), options).RunAsync(stores[0], cancellation)),
            { Memory: true } => await MeasureMemoryAsync(options, stores, launcher, cancellation),
            _ => await MeasureRowsAsync(options, stores, launcher, cancellation),
        };

        Console.WriteLine();
        Console.WriteLine(report.Markdown);
        if (options.Output is not null)
        {
            await File.WriteAllTextAsync(options.Output, report.Markdown + Environment.NewLine, cancellation);
        }

        return report.AnsweredAsWanted ? 0 : 1;
    }

    private static async Task<BenchReport> MeasureRowsAsync(
        BenchOptions options, IReadOnlyList<StoreKind> stores, ServerLauncher launcher, CancellationToken cancellation)
    {
        var wrk = new Wrk();
        var runner = new RowRunner(launcher, wrk, new WarmUp(wrk, options.WarmUpSlice, options.MostWarmUpSlices), options.Duration);
        var rows = stores.SelectMany(store => RowMatrix.Build(store, options.Workloads, options.Connections)).ToArray();
        var results = new List<RowResult>();
        foreach (var row in rows)
        {
            var result = await runner.RunAsync(row, cancellation);
            results.Add(result);
            Console.WriteLine($"{results.Count}/{rows.Length} {result.Summary}");
        }

        return RowReport.Build(results, options);
    }

    private static async Task<BenchReport> MeasureAuditAsync(
        BenchOptions options, IReadOnlyList<StoreKind> stores, ServerLauncher launcher, CancellationToken cancellation)
    {
        var runner = new AuditRunner(launcher, options.Entries, options.Pages);
        var results = new List<AuditResult>();
        foreach (var store in stores)
        {
            results.Add(await runner.RunAsync(store, cancellation));
        }

        return AuditReport.Build(results);
    }

    private static async Task<BenchReport> MeasureHistoryAsync(
        BenchOptions options, IReadOnlyList<StoreKind> stores, ServerLauncher launcher, CancellationToken cancellation)
    {
        var runner = new HistoryRunner(launcher, new Wrk(), options);
        var results = new List<HistoryResult>();
        foreach (var store in stores)
        {
            results.Add(await runner.RunAsync(store, cancellation));
        }

        return HistoryReport.Build(results);
    }

    private static async Task<BenchReport> MeasureOutstandingAsync(
        BenchOptions options, IReadOnlyList<StoreKind> stores, ServerLauncher launcher, CancellationToken cancellation)
    {
        var runner = new OutstandingRunner(launcher, new Wrk(), options.OutstandingShape, options.OutstandingParts);
        var results = new List<OutstandingResult>();
        foreach (var store in stores)
        {
            results.Add(await runner.RunAsync(store, cancellation));
        }

        return OutstandingReport.Build(results);
    }

    private static async Task<BenchReport> MeasureMemoryAsync(
        BenchOptions options, IReadOnlyList<StoreKind> stores, ServerLauncher launcher, CancellationToken cancellation)
    {
        var runner = new MemoryRunner(launcher, new Wrk(), options.BasePairs, options.Pairs);
        var results = new List<MemoryResult>();
        foreach (var store in stores)
        {
            results.Add(await runner.RunAsync(store, cancellation));
        }

        return MemoryReport.Build(results);
    }
}
