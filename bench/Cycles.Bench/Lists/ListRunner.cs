using System.Diagnostics;
using System.Globalization;
using Cycles.Bench.Load;
using Cycles.Bench.Memory;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Lists;

/// <summary>Lists over many tenants: how long a page takes, at rest and while reserves change the numbers, and what lists cost the reserves.</summary>
internal sealed class ListRunner(ServerLauncher launcher, Wrk wrk, BenchOptions options)
{
    private const int Connections = 50;

    /// <summary>While pages are measured: enough that numbers change all the time, and that reserves take what the processors leave.</summary>
    private const int ConnectionsBesidePages = 8;
    private const int AtOnce = 32;

    /// <summary>Besides those that the load's subjects name.</summary>
    private const int AgentsEach = 97;

    private const long Huge = 1_000_000_000_000_000;

    private static readonly TimeSpan LoadSlice = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenRequests = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);

    /// <summary>With the connections beside pages: about 500 reserves a second.</summary>
    private static readonly TimeSpan ModeratePause = TimeSpan.FromMilliseconds(15);

    /// <summary>Nothing lapses while states are compared: that is work of its own.</summary>
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    private int Tenants => options.ListTenants;

    public async Task<ListResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"cycles-bench-{Guid.NewGuid():n}.sock");
        await using var server = await launcher.StartAsync(store, cancellation, socket);
        try
        {
            return await MeasureAsync(server, new MemoryProbe(socket, server.Process), store, cancellation);
        }
        finally
        {
            File.Delete(socket);
        }
    }

    private async Task<ListResult> MeasureAsync(ServerUnderTest server, MemoryProbe probe, StoreKind store, CancellationToken cancellation)
    {
        using var admin = new AdminPlane(server.Address, server.AdminKey);
        using var lists = new ListClient(server.Address, server.AdminKey);
        var row = new Row(store, Workload.Reserve, RowMatrix.UsualScopes, Tenants, Connections);
        var tenants = await Provisioner.ProvisionAsync(admin, row, cancellation);
        await ProvisionAgentsAsync(admin, tenants, cancellation);
        var plan = new LoadPlan(server.Address, row, tenants, TimeToLive);

        Console.WriteLine("Reserves without lists …");
        await DriveAsync(server, plan, "warm-up", WarmUp, cancellation);

        // What is reserved is not given back, and a server that holds more is slower: the second is what an index is compared with.
        var loads = new List<LoadResult>
        {
            await DriveAsync(server, plan, "nobody lists, no index", options.Duration, cancellation),
            await DriveAsync(server, plan, "as before, again", options.Duration, cancellation),
        };

        var before = await probe.ReadAsync(cancellation);
        var build = await lists.GetAsync(ListShape.All[0].Path, cancellation);
        var after = await probe.ReadAsync(cancellation);

        Console.WriteLine("Reserves with an index …");
        loads.Add(await DriveAsync(server, plan, "an index, nobody asks it", options.Duration, cancellation));
        loads.Add(await WhileAsync(
            token => AskAsync(lists, TimeSpan.FromSeconds(1), token),
            () => DriveAsync(server, plan, "a page each second", options.Duration, cancellation)));

        Console.WriteLine("Pages under load …");
        IReadOnlyList<ShapeResult> moderate = [];
        IReadOnlyList<ShapeResult> full = [];
        loads.Add(await DriveWhileAsync(
            server,
            new LoadPlan(server.Address, row, tenants, TimeToLive, ModeratePause),
            "pages are measured (8 connections that pause)",
            ConnectionsBesidePages,
            async () => moderate = await MeasureShapesAsync(server, lists, cancellation),
            cancellation));
        loads.Add(await DriveWhileAsync(
            server,
            plan,
            "pages are measured (8 connections)",
            ConnectionsBesidePages,
            async () => full = await MeasureShapesAsync(server, lists, cancellation),
            cancellation));

        Console.WriteLine("Pages at rest …");
        return new ListResult
        {
            Tenants = Tenants,
            Budgets = Tenants * (RowMatrix.UsualScopes + AgentsEach),
            Build = build,
            Before = before,
            After = after,
            Idle = await MeasureShapesAsync(server, lists, cancellation),
            ModerateLoad = moderate,
            FullLoad = full,
            Loads = loads,
        };
    }

    private async Task<IReadOnlyList<ShapeResult>> MeasureShapesAsync(ServerUnderTest server, ListClient lists, CancellationToken cancellation)
    {
        var results = new List<ShapeResult>();
        foreach (var shape in ListShape.All)
        {
            // The first page of a kind reads its index from the store: that is measured by itself.
            await lists.GetAsync(shape.Path, cancellation);
            var took = new List<TimeSpan>();
            var before = server.Process.ProcessorTime;
            for (var i = 0; i < options.ListRequests; i++)
            {
                took.Add(await lists.GetAsync(shape.Path, cancellation));
                await Task.Delay(BetweenRequests, cancellation);
            }

            results.Add(new ShapeResult(shape, [.. took.Order()], (server.Process.ProcessorTime - before) / took.Count));
        }

        return results;
    }

    private static async Task AskAsync(ListClient lists, TimeSpan every, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await lists.GetAsync(ListShape.All[0].Path, CancellationToken.None);
            await Task.Delay(every, CancellationToken.None);
        }
    }

    private static async Task<T> WhileAsync<T>(Func<CancellationToken, Task> background, Func<Task<T>> work)
    {
        using var stop = new CancellationTokenSource();
        var running = background(stop.Token);
        var result = await work();
        await stop.CancelAsync();
        await running;
        return result;
    }

    private Task<LoadResult> DriveAsync(
        ServerUnderTest server, LoadPlan plan, string moment, TimeSpan duration, CancellationToken cancellation) =>
        DriveWhileAsync(server, plan, moment, Connections, () => Task.Delay(duration, cancellation), cancellation);

    /// <summary>Drives reserves in slices until the work is done.</summary>
    private async Task<LoadResult> DriveWhileAsync(
        ServerUnderTest server, LoadPlan plan, string moment, int connections, Func<Task> work, CancellationToken cancellation)
    {
        var planFile = Path.Combine(server.Folder, "plan.lua");
        var (before, started) = (server.Process.ProcessorTime, Stopwatch.GetTimestamp());
        var (done, seconds) = (0L, 0.0);
        string? problem = null;
        var running = work();
        while (!running.IsCompleted)
        {
            var result = await wrk.RunAsync(plan, planFile, connections, LoadSlice, cancellation);
            done += result.Requests - result.ErrorStatuses;
            seconds += result.DurationUs / 1e6;
            problem ??= result.ErrorStatuses + result.SocketErrors > 0 ? $"{result.ErrorStatuses} refused, {result.SocketErrors} lost" : null;
        }

        await running;
        var processor = server.Process.ProcessorTime - before;
        Console.WriteLine($"  {moment}: {done / seconds:n0} reserves a second ({Stopwatch.GetElapsedTime(started).TotalSeconds:n0} s)");
        return new LoadResult(moment, done / seconds, processor.TotalMicroseconds / Math.Max(done, 1), problem);
    }

    /// <summary>The budgets of agents that the load does not touch: some spent, some frozen, so that filters find something; none in debt.</summary>
    private static async Task ProvisionAgentsAsync(AdminPlane admin, BenchTenant[] tenants, CancellationToken cancellation)
    {
        Console.WriteLine($"Creating {tenants.Length * AgentsEach:n0} budgets …");
        await Parallel.ForEachAsync(
            tenants,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (tenant, token) =>
            {
                for (var agent = 0; agent < AgentsEach; agent++)
                {
                    var scope = $"tenant:{tenant.Id}/workspace:prod/agent:a-{agent.ToString("d2", CultureInfo.InvariantCulture)}";
                    await admin.CreateBudgetAsync(tenant.Id, scope, Huge, token);
                    switch (agent % 20)
                    {
                        case 1 or 2:
                            await admin.SetSpentAsync(tenant.Id, scope, Huge, Huge / 100 * agent, token);
                            break;
                        case 3:
                            await admin.FreezeAsync(scope, token);
                            break;
                    }
                }
            });
    }
}
