using System.Diagnostics;
using Cycles.Bench.Load;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Outstanding;

/// <summary>How fast reservations that lapse in the same second are swept, and what reserves of the same tenant wait for meanwhile.</summary>
internal sealed class DuePart(ServerLauncher launcher, OutstandingShape shape)
{
    /// <summary>The fill writes at least so many a second.</summary>
    private const int FilledPerSecond = 4_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(90);

    public async Task<DueResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        await using var server = await launcher.StartAsync(store, cancellation);
        BenchTenant tenant;
        using (var admin = new AdminPlane(server.Address, server.AdminKey))
        {
            tenant = (await Provisioner.ProvisionAsync(admin, new Row(store, Workload.Reserve, RowMatrix.UsualScopes, 1, 1), cancellation))[0];
        }

        using (var client = new TenantClient(server.Address, RowMatrix.UsualScopes))
        {
            await client.ReserveAsync(tenant, cancellation, TimeToLive);
        }

        var dueAt = DateTimeOffset.UtcNow + WarmUp + StartTime + shape.Calm + TimeSpan.FromSeconds((double)shape.Due / FilledPerSecond);
        await server.RestartAsync(cancellation, FillAsync);
        var result = await MeasureAsync(server, tenant, dueAt, cancellation);
        var (done, problem) = (result.Done, (string?)null);
        await server.KillAsync(CheckAsync);
        return result.Result with { Problem = problem };

        async Task FillAsync(string dataPath, string? redis)
        {
            await using var store = await UnservedStore.OpenAsync(dataPath, redis);
            var took = await new OutstandingFill(tenant.Id, shape.Due, dueAt.ToUnixTimeMilliseconds(), (int)Spread.TotalMilliseconds).RunAsync(store.Redis);
            Console.WriteLine($"{shape.Due:n0} reservations that lapse within a second written in {took.TotalSeconds:0} s");
        }

        async Task CheckAsync(string dataPath, string? redis)
        {
            await using var store = await UnservedStore.OpenAsync(dataPath, redis);
            problem = await OutstandingCheck.FindAsync(store.Redis, tenant.Id, active: 1 + done, committed: 0, expired: shape.Due, cutOff: 0);
        }
    }

    private async Task<(DueResult Result, long Done)> MeasureAsync(ServerUnderTest server, BenchTenant tenant, DateTimeOffset dueAt, CancellationToken cancellation)
    {
        using var client = new TenantClient(server.Address, RowMatrix.UsualScopes);
        using var admin = new AdminPlane(server.Address, server.AdminKey);
        var load = new SteadyLoad(client, tenant, shape.PerSecond);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = load.RunAsync(stop.Token);
        if (dueAt - DateTimeOffset.UtcNow < WarmUp + shape.Calm)
        {
            throw new BenchException("the reservations took so long to write that they lapse too early");
        }

        await Task.Delay(dueAt - shape.Calm - DateTimeOffset.UtcNow, cancellation);
        var calmFrom = Stopwatch.GetTimestamp();
        await Task.Delay(dueAt - DateTimeOffset.UtcNow, cancellation);
        var dueFrom = Stopwatch.GetTimestamp();
        var processor = ProcessorTime(server);
        while (await HeldAsync())
        {
            if (running.IsCompleted || Stopwatch.GetElapsedTime(dueFrom) > LongestSweep)
            {
                await running;
                throw new BenchException($"{shape.Due} reservations are not swept after {LongestSweep.TotalSeconds:0} s");
            }

            await Task.Delay(BetweenLooks, cancellation);
        }

        var swept = Stopwatch.GetTimestamp();
        processor = ProcessorTime(server) - processor;
        await stop.CancelAsync();
        await running;
        var result = new DueResult
        {
            Count = shape.Due,
            PerSecond = shape.PerSecond,
            Swept = Stopwatch.GetElapsedTime(dueFrom, swept),
            Processor = processor,
            Calm = load.Between(calmFrom, dueFrom),
            Sweeping = load.Between(dueFrom, swept),
        };
        Console.WriteLine(
            $"swept {result.Rate:n0} a second; reserves p50 {result.Sweeping.P50Ms:0.0} ms, p99 {result.Sweeping.P99Ms:0.0} ms, longest {result.Sweeping.LongestMs:0} ms "
            + $"beside it, p50 {result.Calm.P50Ms:0.0} ms, p99 {result.Calm.P99Ms:0.0} ms, longest {result.Calm.LongestMs:0} ms without");
        return (result, load.Done);

        // Only what lapses can be more than what was reserved here.
        async Task<bool> HeldAsync()
        {
            var (reserved, _) = await admin.ReadBudgetAsync($"tenant:{tenant.Id}", cancellation);
            var (calm, room) = (1 + load.Done, shape.PerSecond / 10);
            return reserved / LoadPlan.EstimateAmount > calm + room;
        }
    }

    private static TimeSpan ProcessorTime(ServerUnderTest server) => server.Process.ProcessorTime + (server.Redis?.Process.ProcessorTime ?? TimeSpan.Zero);
}
