using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
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
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(2);

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
            using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(1) };
            var probe = new MemoryProbe(socket, server.Process);

            // The first requests of a process wait for the compiler. That has nothing to do with a history.
            for (var i = 0; i < 20; i++)
            {
                await ReserveAsync(http, tenants[0], cancellation);
                await PageAsync(http, tenants[0], string.Empty, cancellation);
            }

            var firstWithout = await ReserveAsync(http, tenants[0], cancellation);
            var before = await probe.ReadAsync(cancellation);
            var firstWith = await ReserveAsync(http, tenants[WithHistory], cancellation);
            var active = await probe.ReadAsync(cancellation);
            var (_, firstPage) = await PageAsync(http, tenants[WithHistory], string.Empty, cancellation);
            Console.WriteLine($"first reserve {firstWith.TotalMilliseconds:n0} ms, first page {firstPage.TotalMilliseconds:n0} ms, +{(active.LiveBytes - before.LiveBytes) / 1e6:n1} MB");
            var pages = new List<HistoryPages>();
            foreach (var shape in HistoryShape.All(fill))
            {
                pages.Add(await MeasureAsync(server, http, tenants[WithHistory], shape, fill, cancellation));
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
        ServerUnderTest server, HttpClient http, BenchTenant tenant, HistoryShape shape, HistoryFill fill, CancellationToken cancellation)
    {
        var random = new Random(1);
        var times = new double[options.HistoryPages];
        var (rows, fewest) = (0, int.MaxValue);
        var processor = server.Process.ProcessorTime;
        for (var page = 0; page < times.Length; page++)
        {
            // The first page, pages somewhere in the middle, and the ones behind them.
            var cursor = page % 3 == 0 ? string.Empty : $"&cursor={shape.CursorAt(random, fill, tenant.Id)}";
            var (answer, took) = await PageAsync(http, tenant, shape.Parameters + cursor, cancellation);
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

    /// <summary>In turns, in an order that changes, as the machine's mood does.</summary>
    private async Task<HistoryThroughput> CompareAsync(ServerUnderTest server, Row row, BenchTenant[] tenants, CancellationToken cancellation)
    {
        var plans = Array.ConvertAll(tenants, tenant => new LoadPlan(server.Address, row, [tenant], TimeSpan.FromHours(1)));
        if (row.Workload == Workload.Denial)
        {
            using var admin = new AdminPlane(server.Address, server.AdminKey);
            foreach (var tenant in tenants)
            {
                // As the usual bench of denials: the deepest budget is used up.
                await admin.SetSpentAsync(tenant.Id, BenchSubject.ScopePaths(tenant.Id, row.Scopes)[^1], Provisioner.Huge, Provisioner.Huge, cancellation);
            }
        }

        var planFile = Path.Combine(server.Folder, "plan.lua");
        var slices = Array.ConvertAll(tenants, _ => new List<double>());
        var processor = Array.ConvertAll(tenants, _ => new List<double>());
        string? problem = null;
        foreach (var plan in plans)
        {
            await wrk.RunAsync(plan, planFile, row.Connections, WarmUp / Tenants, cancellation);
        }

        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            var order = Enumerable.Range(0, Tenants).ToArray();
            random.Shuffle(order);
            foreach (var tenant in order)
            {
                var before = server.Process.ProcessorTime;
                var result = await wrk.RunAsync(plans[tenant], planFile, row.Connections, Slice, cancellation);
                problem ??= AnswerCheck.Find(row, result);
                var count = plans[tenant].ScriptCounts ? result.Succeeded : result.Requests;
                slices[tenant].Add(count / (result.DurationUs / 1e6));
                processor[tenant].Add((server.Process.ProcessorTime - before).TotalMicroseconds / count);
            }
        }

        // The median: a checkpoint of the embedded store falls into somebody's slice.
        var done = Array.ConvertAll(slices, Median);
        var cpu = Array.ConvertAll(processor, Median);
        var compared = new HistoryThroughput(row.Workload.ToString(), done[WithHistory], done[0], done[2], cpu[WithHistory], (cpu[0] + cpu[2]) / 2, problem);
        Console.WriteLine(
            $"{row.Workload}: {done[WithHistory]:n0} a second with, {done[0]:n0} and {done[2]:n0} without: {compared.Ratio:0.00}; "
            + $"CPU {cpu[WithHistory]:n1} µs with, {cpu[0]:n1} and {cpu[2]:n1} µs without");
        return compared;
    }

    private static double Median(List<double> measured) => Quantile.Of([.. measured.Order()], 0.5);

    private static async Task<TimeSpan> ReserveAsync(HttpClient http, BenchTenant tenant, CancellationToken cancellation)
    {
        var body = LoadPlan.Reserve(tenant, RowMatrix.UsualScopes);
        body["idempotency_key"] = Guid.NewGuid().ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/reservations")
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
            Headers = { { "X-Cycles-API-Key", tenant.KeySecret } },
        };
        var started = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request, cancellation);
        return answer.IsSuccessStatusCode
            ? Stopwatch.GetElapsedTime(started)
            : throw new BenchException($"a reserve answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
    }

    private static async Task<(JsonElement Answer, TimeSpan Took)> PageAsync(HttpClient http, BenchTenant tenant, string parameters, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/reservations?{parameters}") { Headers = { { "X-Cycles-API-Key", tenant.KeySecret } } };
        var started = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request, cancellation);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
        var took = Stopwatch.GetElapsedTime(started);
        return answer.IsSuccessStatusCode
            ? (JsonSerializer.Deserialize<JsonElement>(body), took)
            : throw new BenchException($"{parameters} answered {(int)answer.StatusCode}: {Encoding.UTF8.GetString(body)}");
    }
}
