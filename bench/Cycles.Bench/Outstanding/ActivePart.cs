using Cycles.Bench.Load;
using Cycles.Bench.Memory;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Outstanding;

/// <summary>What a tenant with very many active reservations costs, beside two tenants of the same server that have few.</summary>
internal sealed class ActivePart(ServerLauncher launcher, Wrk wrk, OutstandingShape shape)
{
    private const int Tenants = 3;
    private const int Many = 1;

    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    public async Task<ActiveResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"cycles-bench-{Guid.NewGuid():n}.sock");
        await using var server = await launcher.StartAsync(store, cancellation, socket);
        try
        {
            return await RunAsync(server, socket, cancellation);
        }
        finally
        {
            File.Delete(socket);
        }
    }

    private async Task<ActiveResult> RunAsync(ServerUnderTest server, string socket, CancellationToken cancellation)
    {
        var row = new Row(default, Workload.Reserve, RowMatrix.UsualScopes, Tenants, RowMatrix.MostConnections);
        BenchTenant[] tenants;
        using (var admin = new AdminPlane(server.Address, server.AdminKey))
        {
            tenants = await Provisioner.ProvisionAsync(admin, row, cancellation);
        }

        // As the server's own reserves would have: from then on a reminder stands for each tenant.
        var made = new long[Tenants];
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            await ReserveAsync(tenant);
        }

        await WarmUpAsync();
        var empty = await ReadMemoryAsync();
        var ready = await server.RestartAsync(cancellation, FillAsync);
        await WarmUpAsync();
        var firstOfFew = await ReserveAsync(Tenants - 1);
        var started = await ReadMemoryAsync();
        var first = await ReserveAsync(Many);
        var reserved = await ReadMemoryAsync();
        Console.WriteLine($"ready after {ready.TotalSeconds:0.0} s, first reserve {first.TotalMilliseconds:n0} ms, +{(reserved.LiveBytes - started.LiveBytes) / 1e6:n1} MB");

        var throughput = new List<ActiveThroughput>();
        var committed = new long[Tenants];
        var (runs, problem) = (0, (string?)null);
        foreach (var workload in new[] { Workload.Pair, Workload.Reserve })
        {
            var measured = await new TenantTurns(wrk, server, row with { Workload = workload }, shape.WarmUp, shape.Rounds).RunAsync(tenants, cancellation);
            throughput.Add(Compared(workload, measured));
            (runs, problem) = (runs + measured.Runs, problem ?? measured.Problem);
            var counts = workload == Workload.Pair ? committed : made;
            for (var tenant = 0; tenant < Tenants; tenant++)
            {
                counts[tenant] += measured.Tenants[tenant].Done;
            }
        }

        var loaded = await ReadMemoryAsync();
        await server.RestartAsync(cancellation);
        await WarmUpAsync();
        var firstAgain = await ReserveAsync(Many);
        var unlisted = await ReadMemoryAsync();
        var (firstPage, resident) = await FirstPageAsync(server, tenants[Many], cancellation);
        using var client = new TenantClient(server.Address, RowMatrix.UsualScopes);
        var (_, secondPage) = await client.PageAsync(tenants[Many], string.Empty, cancellation);
        var listed = await ReadMemoryAsync();
        Console.WriteLine($"first page {firstPage.TotalMilliseconds:n0} ms, the next {secondPage.TotalMilliseconds:n1} ms, +{(listed.LiveBytes - unlisted.LiveBytes) / 1e6:n1} MB");
        await server.KillAsync(CheckAsync);
        return new ActiveResult
        {
            Count = shape.Active,
            Ready = ready,
            First = first,
            FirstOfFew = firstOfFew,
            FirstAgain = firstAgain,
            Empty = empty,
            Started = started,
            Reserved = reserved,
            Loaded = loaded,
            Unlisted = unlisted,
            Listed = listed,
            FirstPage = firstPage,
            SecondPage = secondPage,
            ListingResidentBytes = resident,
            Throughput = throughput,
            Problem = problem,
        };

        Task<MemoryReading> ReadMemoryAsync() => new MemoryProbe(socket, server.Process).ReadAsync(cancellation);

        async Task<TimeSpan> ReserveAsync(int tenant)
        {
            using var client = new TenantClient(server.Address, RowMatrix.UsualScopes);
            made[tenant]++;
            return await client.ReserveAsync(tenants[tenant], cancellation, TimeToLive);
        }

        // The first requests of a process wait for the compiler. That has nothing to do with what is outstanding.
        async Task WarmUpAsync()
        {
            for (var i = 0; i < 20; i++)
            {
                await ReserveAsync(0);
                using var client = new TenantClient(server.Address, RowMatrix.UsualScopes);
                await client.PageAsync(tenants[0], string.Empty, cancellation);
            }
        }

        async Task FillAsync(string dataPath, string? redis)
        {
            await using var store = await UnservedStore.OpenAsync(dataPath, redis);
            for (var tenant = 0; tenant < Tenants; tenant++)
            {
                var count = tenant == Many ? shape.Active : shape.Few;
                var fill = new OutstandingFill(tenants[tenant].Id, count, DateTimeOffset.UtcNow.Add(TimeToLive).ToUnixTimeMilliseconds(), spreadMs: 60_000);
                var took = await fill.RunAsync(store.Redis);
                made[tenant] += count;
                Console.WriteLine($"{count:n0} active reservations of {tenants[tenant].Id} written in {took.TotalSeconds:0} s");
            }
        }

        async Task CheckAsync(string dataPath, string? redis)
        {
            await using var store = await UnservedStore.OpenAsync(dataPath, redis);
            for (var tenant = 0; tenant < Tenants; tenant++)
            {
                problem ??= await OutstandingCheck.FindAsync(
                    store.Redis, tenants[tenant].Id, made[tenant], committed[tenant], expired: 0, cutOff: (long)runs * RowMatrix.MostConnections);
            }
        }
    }

    private static async Task<(TimeSpan Took, long ResidentBytes)> FirstPageAsync(ServerUnderTest server, BenchTenant tenant, CancellationToken cancellation)
    {
        using var client = new TenantClient(server.Address, RowMatrix.UsualScopes);
        var page = client.PageAsync(tenant, string.Empty, cancellation);
        var resident = 0L;
        while (!page.IsCompleted)
        {
            resident = Math.Max(resident, server.Process.ResidentBytes);
            await Task.WhenAny(page, Task.Delay(BetweenLooks, cancellation));
        }

        var (answer, took) = await page;
        return answer.GetProperty("reservations").GetArrayLength() > 0 ? (took, resident) : throw new BenchException("the page of active reservations is empty");
    }

    private static ActiveThroughput Compared(Workload workload, TurnsResult measured)
    {
        var compared = new ActiveThroughput(WorkloadNames.NameOf(workload), measured.Tenants[Many], measured.Tenants[0], measured.Tenants[2]);
        Console.WriteLine(
            $"{compared.Workload}: {compared.Many.PerSecond:n0} a second with many, {compared.Few.PerSecond:n0} and {compared.FewToo.PerSecond:n0} with few; "
            + $"CPU {ActiveThroughput.Total(compared.Many):n0} µs with many, {ActiveThroughput.Total(compared.Few):n0} and {ActiveThroughput.Total(compared.FewToo):n0} µs with few");
        return compared;
    }
}
