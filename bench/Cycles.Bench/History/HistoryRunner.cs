using Cycles.Bench.Load;
using Cycles.Bench.Memory;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Report;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.History;

/// <summary>What a month of reservations costs a tenant: beside a tenant of the same server that has none.</summary>
internal sealed class HistoryRunner(ServerLauncher launcher, Wrk wrk, BenchOptions options)
{
    // One that has the history between two that have none: what these two differ by is the noise of the machine.
    private const int Tenants = 3;
    private const int WithHistory = 1;
    private const int Rounds = 10;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);

    public async Task<HistoryResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        var fill = new HistoryFill($"bench-{WithHistory:0000}", options.Reservations);
        var filled = TimeSpan.Zero;
        var socket = Path.Combine(Path.GetTempPath(), $"cycles-bench-{Guid.NewGuid():n}.sock");
        await using var server = await launcher.StartAsync(store, cancellation, socket, async (dataPath, redis) => filled = await fill.RunAsync(dataPath, redis));
        Console.WriteLine($"{StoreNames.NameOf(store)}: {options.Reservations:n0} reservations written in {filled.TotalSeconds:0} s");
        var row = new Row(store, Workload.Reserve, RowMatrix.UsualScopes, Tenants, RowMatrix.MostConnections);
        BenchTenant[] tenants;
        using (var admin = new AdminPlane(server.Address, server.AdminKey))
        {
            tenants = await Provisioner.ProvisionAsync(admin, row, cancellation);
        }

        await server.RestartAsync(cancellation);
        try
        {
            using var client = new TenantClient(server.Address, RowMatrix.UsualScopes);
            var probe = new MemoryProbe(socket, server.Process);

            // The first requests of a process wait for the compiler. That has nothing to do with a history.
            for (var i = 0; i < 20; i++)
            {
                await client.ReserveAsync(tenants[0], cancellation);
                await client.PageAsync(tenants[0], string.Empty, cancellation);
            }

            var firstWithout = await client.ReserveAsync(tenants[0], cancellation);
            var before = await probe.ReadAsync(cancellation);
            var firstWith = await client.ReserveAsync(tenants[WithHistory], cancellation);
            var active = await probe.ReadAsync(cancellation);
            var (_, firstPage) = await client.PageAsync(tenants[WithHistory], string.Empty, cancellation);
            Console.WriteLine($"first reserve {firstWith.TotalMilliseconds:n0} ms, first page {firstPage.TotalMilliseconds:n0} ms, +{(active.LiveBytes - before.LiveBytes) / 1e6:n1} MB");
            var pages = new List<HistoryPages>();
            foreach (var shape in HistoryShape.All(fill))
            {
                pages.Add(await MeasureAsync(server, client, tenants[WithHistory], shape, fill, cancellation));
            }

            var listed = await probe.ReadAsync(cancellation);
            var throughput = new List<HistoryThroughput>();
            foreach (var workload in new[] { Workload.Reserve, Workload.Denial })
            {
                throughput.Add(await CompareAsync(server, row with { Workload = workload, Tenants = 1 }, tenants, cancellation));
            }

            return new HistoryResult
            {
                Store = store,
                Reservations = options.Reservations,
                Fill = filled,
                RedisBytes = fill.RedisBytes,
                FirstWithout = firstWithout,
                FirstWith = firstWith,
                FirstPage = firstPage,
                Before = before,
                Active = active,
                Listed = listed,
                Pages = pages,
                Throughput = throughput,
                Problem = throughput.Find(measured => measured.Problem is not null)?.Problem,
            };
        }
        finally
        {
            File.Delete(socket);
        }
    }

    private async Task<HistoryPages> MeasureAsync(
        ServerUnderTest server, TenantClient client, BenchTenant tenant, HistoryShape shape, HistoryFill fill, CancellationToken cancellation)
    {
        var random = new Random(1);
        var times = new double[options.HistoryPages];
        var (rows, fewest) = (0, int.MaxValue);
        var processor = server.Process.ProcessorTime;
        for (var page = 0; page < times.Length; page++)
        {
            // The first page, pages somewhere in the middle, and the ones behind them.
            var cursor = page % 3 == 0 ? string.Empty : $"&cursor={shape.CursorAt(random, fill, tenant.Id)}";
            var (answer, took) = await client.PageAsync(tenant, shape.Parameters + cursor, cancellation);
            times[page] = took.TotalMilliseconds;
            var count = answer.GetProperty("reservations").GetArrayLength();
            rows += count;
            fewest = Math.Min(fewest, answer.GetProperty("has_more").GetBoolean() ? count : int.MaxValue);
        }

        Array.Sort(times);
        var cpu = (server.Process.ProcessorTime - processor).TotalMilliseconds / times.Length;
        var result = new HistoryPages(shape.Name, rows / times.Length, Quantile.Of(times, 0.50), Quantile.Of(times, 0.99), cpu, fewest == int.MaxValue ? 0 : fewest);
        Console.WriteLine($"{result.Name}: p50 {result.P50Ms:0.0} ms, p99 {result.P99Ms:0.0} ms, {result.CpuMs:0.0} ms CPU, {result.Rows} rows");
        return result;
    }

    private async Task<HistoryThroughput> CompareAsync(ServerUnderTest server, Row row, BenchTenant[] tenants, CancellationToken cancellation)
    {
        if (row.Workload == Workload.Denial)
        {
            using var admin = new AdminPlane(server.Address, server.AdminKey);
            foreach (var tenant in tenants)
            {
                // As the usual bench of denials: the deepest budget is used up.
                await admin.SetSpentAsync(tenant.Id, BenchSubject.ScopePaths(tenant.Id, row.Scopes)[^1], Provisioner.Huge, Provisioner.Huge, cancellation);
            }
        }

        var measured = await new TenantTurns(wrk, server, row, WarmUp, Rounds).RunAsync(tenants, cancellation);
        var (with, without, withoutToo) = (measured.Tenants[WithHistory], measured.Tenants[0], measured.Tenants[2]);
        var compared = new HistoryThroughput(
            row.Workload.ToString(), with.PerSecond, without.PerSecond, withoutToo.PerSecond, with.ServerUs, (without.ServerUs + withoutToo.ServerUs) / 2, measured.Problem);
        Console.WriteLine(
            $"{row.Workload}: {with.PerSecond:n0} a second with, {without.PerSecond:n0} and {withoutToo.PerSecond:n0} without: {compared.Ratio:0.00}; "
            + $"CPU {with.ServerUs:n1} µs with, {without.ServerUs:n1} and {withoutToo.ServerUs:n1} µs without");
        return compared;
    }
}
