using System.Diagnostics;
using Cycles.Chaos.Checks;
using Cycles.Chaos.Cluster;
using Cycles.Chaos.Faults;
using Cycles.Chaos.Load;

namespace Cycles.Chaos;

/// <summary>A run: the cluster, the load, one fault after the other, the checks.</summary>
internal static class ChaosRun
{
    private const int ClientsOfTenant = 6;
    private const int MostObjections = 50;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    // Who restarts a cluster lets it come to rest in between: tenants move to the silo that came back. Faults come sooner.
    private static readonly TimeSpan RestAfterRestart = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RestAfterFault = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(120);

    /// <summary>Runs it with the server that the options name, and prints what it finds.</summary>
    /// <returns>0, or 1 when something was wrong.</returns>
    public static async Task<int> RunAsync(ChaosOptions options, CancellationToken stop)
    {
        var server = options.Server is { } folder ? ServerBuild.Of(folder) : await ServerBuild.BuildAsync(stop);
        var result = await RunAsync(options, server, Console.WriteLine, stop);
        var text = Report.Table(result.Faults);
        Console.WriteLine($"\n{text}");
        foreach (var objection in result.Wrong)
        {
            Console.WriteLine($"WRONG: {objection}");
        }

        if (options.Output is { } file)
        {
            await File.WriteAllTextAsync(file, text, stop);
        }

        return result.Wrong.Count == 0 ? 0 : 1;
    }

    /// <summary>Runs it with <paramref name="server"/>; <paramref name="say"/> is told how it goes.</summary>
    public static async Task<ChaosResult> RunAsync(ChaosOptions options, ServerBuild server, Action<string> say, CancellationToken stop)
    {
        if (options.Logs is { } logs)
        {
            Directory.CreateDirectory(logs);
        }

        using var grid = new Grid(server, options.Silos, options.Logs);
        var faults = options.Rolling
            ? Fault.Rolling(options.Faults, grid.Silos.Count, grid.Gateways.Count)
            : Fault.Plan(options, grid.Gateways.Count);
        say($"chaos: seed {options.Seed}, {faults.Count} faults, {options.Tenants} tenants on {options.Silos} silos");
        await grid.StartAsync(stop);

        using var api = new Api(grid.Addresses);
        var book = new Book();
        Tenant[] tenants = [.. Enumerable.Range(0, options.Tenants).Select(Tenant.Of)];
        await Parallel.ForEachAsync(tenants, stop, async (tenant, cancellation) => await tenant.ProvisionAsync(api, cancellation));

        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var administrator = new Administrator(api, book, tenants, options.Seed);
        var load = Task.WhenAll(Start(options, api, book, tenants, administrator, end.Token, abandon.Token));
        await Task.Delay(WarmUp, stop);

        var started = Stopwatch.GetTimestamp();
        var results = new List<FaultResult>();
        var runner = new FaultRunner(grid, api, tenants, book, options.Limit, options.Rolling ? RestAfterRestart : RestAfterFault, say, stop);
        foreach (var fault in faults.TakeWhile(_ => Stopwatch.GetElapsedTime(started) < options.Time))
        {
            results.Add(await runner.RunAsync(fault));
            say(Report.Line(results.Count, results[^1]));
        }

        await end.CancelAsync();
        abandon.CancelAfter(SettlePatience);
        await load;
        say($"chaos: {api.Requests} requests in {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s; checks");
        var compared = await new FinalCheck(api, book, tenants, administrator.Closed, options.Seed, stop).RunAsync();
        say($"chaos: {compared} answers compared, {book.Objections.Count} wrong; {administrator.Closed.Count} tenants closed");
        return new ChaosResult(results, [.. book.Objections.Distinct().Take(MostObjections)]);
    }

    private static IEnumerable<Task> Start(
        ChaosOptions options, Api api, Book book, Tenant[] tenants, Administrator administrator, CancellationToken end, CancellationToken abandon)
    {
        var random = new Random(options.Seed);
        yield return Task.Run(() => administrator.RunAsync(end, abandon), CancellationToken.None);
        foreach (var tenant in tenants)
        {
            for (var index = 0; index < ClientsOfTenant; index++)
            {
                var client = new Client(api, book, tenant, index, random.Next(), options.PauseMs, Request.Unit);
                yield return Task.Run(() => client.RunAsync(end, abandon), CancellationToken.None);
            }

            var funder = new Funder(api, book, tenant, ClientsOfTenant, random.Next(), options.PauseMs);
            yield return Task.Run(() => funder.RunAsync(end, abandon), CancellationToken.None);
            if (tenant.HasPeriods)
            {
                var client = new Client(api, book, tenant, ClientsOfTenant + 1, random.Next(), options.PauseMs, Tenant.PeriodUnit);
                yield return Task.Run(() => client.RunAsync(end, abandon), CancellationToken.None);
            }
        }
    }
}
