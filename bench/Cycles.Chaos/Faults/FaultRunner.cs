using System.Diagnostics;
using Cycles.Chaos.Checks;
using Cycles.Chaos.Cluster;
using Cycles.Chaos.Load;

namespace Cycles.Chaos.Faults;

/// <summary>Does a fault to the cluster, brings back what it ended, and waits until every tenant is served again.</summary>
/// <param name="grid">The cluster.</param>
/// <param name="api">Counts what failed.</param>
/// <param name="tenants">Who must be served.</param>
/// <param name="book">Where it is put down when they are not.</param>
/// <param name="limit">How long they may be without service after everything is back.</param>
/// <param name="rest">How long everything is left alone then.</param>
/// <param name="say">Is told what failed.</param>
/// <param name="stop">Ends it.</param>
internal sealed class FaultRunner(
    Grid grid, Api api, IReadOnlyList<Tenant> tenants, Book book, TimeSpan limit, TimeSpan rest, Action<string> say, CancellationToken stop)
{
    private static readonly TimeSpan TermPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EvictionPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public async Task<FaultResult> RunAsync(Fault fault)
    {
        await ReviveAsync();
        foreach (var tenant in tenants)
        {
            tenant.Service.TakeLongest();
        }

        api.TakeFailures();
        var lines = grid.Members.Sum(member => member.Printed);
        Member[] members = [.. fault.Silos.Select(silo => grid.Silos[silo]), .. fault.Gateways.Select(gateway => grid.Gateways[gateway])];
        var ends = new List<(TimeSpan Took, int ExitCode)>();
        switch (fault.Kind)
        {
            case FaultKind.Kill:
                Array.ForEach(members, member => member.Kill());
                await Task.Delay(fault.Away, stop);
                break;
            case FaultKind.Term:
                ends.AddRange(await Task.WhenAll(members.Select(member => member.TerminateAsync(TermPatience, stop))));
                await Task.Delay(fault.Away, stop);
                break;
            default:
                Array.ForEach(members, member => member.Stop());
                await Task.Delay(fault.Hang, stop);
                Array.ForEach(members, member => member.Continue());
                await Task.WhenAll(members.Select(member => member.EndsWithinAsync(EvictionPatience, stop)));
                break;
        }

        await ReviveAsync();
        await WaitForServiceAsync(fault);
        await Task.Delay(rest, stop);
        var gaps = tenants.Select(tenant => tenant.Service.TakeLongest()).Order().ToArray();
        var failures = api.TakeFailures();
        foreach (var (failure, count) in failures.OrderByDescending(pair => pair.Value).Take(4))
        {
            say($"        {count} x {failure}");
        }

        return new FaultResult(fault, gaps, failures.Values.Sum(), ends, grid.Members.Sum(member => member.Printed) - lines);
    }

    private Task ReviveAsync() => Task.WhenAll(grid.Members.Where(member => member.HasEnded).Select(member => member.StartAsync(stop)));

    private async Task WaitForServiceAsync(Fault fault)
    {
        var up = Stopwatch.GetTimestamp();
        while (tenants.Any(tenant => tenant.Service.Last < up))
        {
            if (Stopwatch.GetElapsedTime(up) > limit)
            {
                var without = tenants.Where(tenant => tenant.Service.Last < up).Select(tenant => tenant.Id).ToArray();
                book.Object($"{fault.Row}: {without.Length} tenants are not served {limit.TotalSeconds:F0} s after everything is back: {string.Join(", ", without)}");
                return;
            }

            await Task.Delay(Poll, stop);
        }
    }
}
