using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cycles.Bench.Load;
using Cycles.Bench.Memory;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.History;

/// <summary>What a month of reservations costs a tenant: beside a tenant of the same server that has none.</summary>
internal sealed class HistoryRunner(ServerLauncher launcher, Wrk wrk, BenchOptions options)
{
    // The first has the history, the second has none.
    private const int Tenants = 2;
    private const int Rounds = 12;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(2);

    public async Task<HistoryResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        var fill = new HistoryFill("bench-0000", options.Reservations);
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

            // The first request of a process compiles what it runs; that is nobody's history.
            for (var i = 0; i < 20; i++)
            {
                await ReserveAsync(http, tenants[1], cancellation);
                await PageAsync(http, tenants[1], string.Empty, cancellation);
            }

            var firstWithout = await ReserveAsync(http, tenants[1], cancellation);
            var before = await probe.ReadAsync(cancellation);
            var firstWith = await ReserveAsync(http, tenants[0], cancellation);
            var active = await probe.ReadAsync(cancellation);
            var (_, firstPage) = await PageAsync(http, tenants[0], string.Empty, cancellation);
            Console.WriteLine($"first reserve {firstWith.TotalMilliseconds:n0} ms, first page {firstPage.TotalMilliseconds:n0} ms, +{(active.LiveBytes - before.LiveBytes) / 1e6:n1} MB");
            var pages = new List<HistoryPages>();
            foreach (var shape in HistoryShape.All(fill))
            {
                pages.Add(await MeasureAsync(server, http, tenants[0], shape, fill, cancellation));
            }

            var listed = await probe.ReadAsync(cancellation);
            var throughput = new List<(string, double, double)>();
            string? problem = null;
            foreach (var workload in new[] { Workload.Reserve, Workload.Denial })
            {
                var (with, without, wrong) = await CompareAsync(server, row with { Workload = workload, Tenants = 1 }, tenants, cancellation);
                throughput.Add((workload.ToString(), with, without));
                problem ??= wrong;
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
                Problem = problem,
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
        var result = new HistoryPages(shape.Name, rows / times.Length, At(0.50), At(0.99), cpu, fewest == int.MaxValue ? 0 : fewest);
        Console.WriteLine($"{result.Name}: p50 {result.P50Ms:0.0} ms, p99 {result.P99Ms:0.0} ms, {result.CpuMs:0.0} ms CPU, {result.Rows} rows");
        return result;

        double At(double part) => times[(int)Math.Ceiling(part * times.Length) - 1];
    }

    /// <summary>In turns, as the machine's mood changes; the tenant that begins changes too.</summary>
    private async Task<(double With, double Without, string? Problem)> CompareAsync(
        ServerUnderTest server, Row row, BenchTenant[] tenants, CancellationToken cancellation)
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
        var done = new double[Tenants];
        string? problem = null;
        await wrk.RunAsync(plans[0], planFile, row.Connections, WarmUp / 2, cancellation);
        await wrk.RunAsync(plans[1], planFile, row.Connections, WarmUp / 2, cancellation);
        for (var turn = 0; turn < 2 * Rounds; turn++)
        {
            var tenant = (turn + (turn / 2)) % Tenants;
            var result = await wrk.RunAsync(plans[tenant], planFile, row.Connections, Slice, cancellation);
            problem ??= AnswerCheck.Find(row, result);
            done[tenant] += (plans[tenant].ScriptCounts ? result.Succeeded : result.Requests) / (result.DurationUs / 1e6);
        }

        Console.WriteLine($"{row.Workload}: {done[0] / Rounds:n0} a second with, {done[1] / Rounds:n0} without: {done[0] / done[1]:0.00}");
        return (done[0] / Rounds, done[1] / Rounds, problem);
    }

    private static async Task<TimeSpan> ReserveAsync(HttpClient http, BenchTenant tenant, CancellationToken cancellation)
    {
        var body = new JsonObject
        {
            ["idempotency_key"] = Guid.NewGuid().ToString(),
            ["subject"] = BenchSubject.Subject(tenant.Id, RowMatrix.UsualScopes),
            ["action"] = new JsonObject { ["kind"] = "llm.completion", ["name"] = "openai:gpt-4o" },
            ["estimate"] = new JsonObject { ["unit"] = BenchSubject.Unit, ["amount"] = LoadPlan.EstimateAmount },
            ["ttl_ms"] = 60_000,
        };
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
