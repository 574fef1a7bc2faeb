using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Cycles.Bench.Memory;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Report;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Audit;

/// <summary>Fills a store's audit log, starts a server on it, and asks what auditors and dashboards ask.</summary>
internal sealed class AuditRunner(ServerLauncher launcher, int entries, int pages)
{
    private const string Path = "/v1/admin/audit/logs";
    private const int WarmUpPages = 100;

    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);

    public async Task<AuditResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        var fill = new AuditFill(entries);
        var filled = TimeSpan.Zero;
        var socket = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"cycles-bench-{Guid.NewGuid():n}.sock");
        await using var server = await launcher.StartAsync(
            store, cancellation, socket, async (dataPath, redis) => filled = await fill.RunAsync(dataPath, redis));
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = BuildPatience };
        http.DefaultRequestHeaders.Add("X-Admin-API-Key", server.AdminKey);
        using var admin = new AdminPlane(server.Address, server.AdminKey);
        var probe = new MemoryProbe(socket, server.Process);
        try
        {
            Console.WriteLine($"{StoreNames.NameOf(store)}: {entries:n0} entries written in {filled.TotalSeconds:0.0} s");
            var before = await probe.ReadAsync(cancellation);
            var watch = Stopwatch.StartNew();
            await AskAsync(http, "limit=10", cancellation);
            var build = watch.Elapsed;
            var after = await probe.ReadAsync(cancellation);
            Console.WriteLine($"{StoreNames.NameOf(store)}: index built in {build.TotalSeconds:0.0} s, {(after.LiveBytes - before.LiveBytes) / 1e6:0} MB");
            for (var page = 0; page < WarmUpPages; page++)
            {
                await AskAsync(http, page % 2 == 0 ? "search=nowhere" : "sort_by=operation", cancellation);
            }

            var rows = new List<AuditRowResult>();
            foreach (var (question, isRight) in Questions(fill))
            {
                rows.Add(await MeasureAsync(server, question, isRight, () => AskAsync(http, question, cancellation)));
            }

            rows.Add(await WalkAsync(server, http, cancellation));
            rows.Add(await AfterChangesAsync(server, http, admin, cancellation));
            return new AuditResult(store, entries, filled, build, after.LiveBytes - before.LiveBytes, rows);
        }
        finally
        {
            File.Delete(socket);
        }
    }

    private IEnumerable<(string Question, Predicate<JsonElement> IsRight)> Questions(AuditFill fill)
    {
        var sample = fill.Sample!;
        Predicate<JsonElement> full = page => Count(page) == 50;
        yield return ("limit=10", page => Count(page) == 10);
        yield return ("", full);
        yield return ("limit=1000", page => Count(page) == 1000);
        yield return ($"tenant_id={sample.TenantId}", full);
        yield return ($"tenant_id={sample.TenantId}&operation=createPolicy,createBudget&resource_type=policy", full);
        yield return ("operation=fundBudget&status_min=400", full);
        yield return ("error_code=NOT_FOUND", full);
        yield return ("error_code_exclude=NOT_FOUND,INVALID_REQUEST&status=400", full);
        yield return ($"key_id={sample.KeyId}", full);
        yield return ($"resource_id={sample.ResourceId}", page => Count(page) > 0);
        yield return ($"from={sample.Timestamp.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}&to={sample.Timestamp.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}", full);
        yield return ($"trace_id={sample.TraceId}", page => Count(page) == 1);
        yield return ($"request_id={sample.RequestId}", page => Count(page) == 1);
        yield return ($"search={sample.LogId[4..]}", page => Count(page) == 1);
        yield return ("search=nowhere-to-be-found", page => Count(page) == 0);
        yield return ("search=abcde", page => Count(page) > 0);
        yield return ("search=fund", full);
        yield return ("sort_by=operation&sort_dir=asc", full);
        yield return ("sort_by=tenant_id", full);
        yield return ("sort_by=key_id&sort_dir=asc&resource_type=api_key", full);
        yield return ("sort_by=status", full);
        yield return ("sort_by=resource_type&search=a", full);
    }

    private async Task<AuditRowResult> MeasureAsync(
        ServerUnderTest server, string question, Predicate<JsonElement> isRight, Func<Task<JsonElement>> ask)
    {
        var times = new double[pages];
        var processor = server.Process.ProcessorTime;
        var (found, problem) = (0, (string?)null);
        for (var page = 0; page < pages; page++)
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await ask();
            times[page] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            found = Count(answer);
            problem ??= isRight(answer) ? null : $"{found} entries";
        }

        return Row(question.Length == 0 ? "(all)" : question, found, times, server.Process.ProcessorTime - processor, problem);
    }

    /// <summary>From page to page by cursor, in an order that no column is in.</summary>
    private async Task<AuditRowResult> WalkAsync(ServerUnderTest server, HttpClient http, CancellationToken cancellation)
    {
        const string Question = "sort_by=tenant_id&operation=fundBudget";
        var cursor = string.Empty;
        return await MeasureAsync(server, $"{Question}&cursor=…", page => Count(page) == 50, async () =>
        {
            var answer = await AskAsync(http, $"{Question}{cursor}", cancellation);
            cursor = $"&cursor={answer.GetProperty("next_cursor").GetString()}";
            return answer;
        });
    }

    /// <summary>Each page right after a change that it must have.</summary>
    private async Task<AuditRowResult> AfterChangesAsync(
        ServerUnderTest server, HttpClient http, AdminPlane admin, CancellationToken cancellation)
    {
        var times = new double[pages];
        var processor = server.Process.ProcessorTime;
        var problem = (string?)null;
        for (var page = 0; page < pages; page++)
        {
            var tenant = $"new-{page:0000}";
            await admin.CreateTenantAsync(tenant, cancellation);
            var started = Stopwatch.GetTimestamp();
            var answer = await AskAsync(http, "operation=createTenant", cancellation);
            times[page] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            var newest = answer.GetProperty("logs").EnumerateArray().FirstOrDefault();
            problem ??= newest.ValueKind == JsonValueKind.Object && newest.GetProperty("resource_id").GetString() == tenant
                ? null
                : $"the change of {tenant} is not there";
        }

        return Row("operation=createTenant, each after a createTenant", 50, times, server.Process.ProcessorTime - processor, problem);
    }

    private static AuditRowResult Row(string question, int found, double[] times, TimeSpan processor, string? problem)
    {
        Array.Sort(times);
        var cpuMs = processor.TotalMilliseconds / times.Length;
        Console.WriteLine($"{question}: p50 {Quantile.Of(times, 0.50):0.0} ms, p99 {Quantile.Of(times, 0.99):0.0} ms, {cpuMs:0.0} ms of the server, {problem ?? "as wanted"}");
        return new AuditRowResult(question, found, Quantile.Of(times, 0.50), Quantile.Of(times, 0.95), Quantile.Of(times, 0.99), cpuMs, problem);
    }

    private static int Count(JsonElement page) => page.GetProperty("logs").GetArrayLength();

    private static async Task<JsonElement> AskAsync(HttpClient http, string question, CancellationToken cancellation)
    {
        using var answer = await http.GetAsync($"{Path}?{question}", cancellation);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)
            : throw new BenchException($"{question} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
    }
}
