using System.Diagnostics;
using Cycles.Bench.Load;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Memory;

/// <summary>Whether finished work leaves memory behind: many pairs, then silence, then what is left.</summary>
internal sealed class MemoryRunner(ServerLauncher launcher, Wrk wrk, int basePairs, int pairs)
{
    public const double Tolerance = 0.10;

    private const int Connections = 50;
    private const int MostSlices = 120;

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(15);

    public async Task<MemoryResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"cycles-bench-{Guid.NewGuid():n}.sock");
        await using var server = await launcher.StartAsync(store, cancellation, socket);
        using var admin = new AdminPlane(server.Address, server.AdminKey);
        var row = new Row(store, Workload.Pair, RowMatrix.UsualScopes, 1, Connections);
        var plan = new LoadPlan(server.Address, row, await Provisioner.ProvisionAsync(admin, row, cancellation));
        var planFile = Path.Combine(server.Folder, "plan.lua");
        var probe = new MemoryProbe(socket, server.Process);
        try
        {
            var (warmUp, warmUpProblem) = await DriveAsync(basePairs, TimeSpan.FromSeconds(1));
            var (before, _) = await SettleAsync(_ => false);
            var (done, problem) = await DriveAsync(pairs, Slice);
            var atOnce = await probe.ReadAsync(cancellation);
            var (after, settled) = await SettleAsync(reading => reading.LiveBytes <= before.LiveBytes * (1 + Tolerance));
            return new MemoryResult
            {
                Store = store,
                BasePairs = warmUp,
                Pairs = done,
                Before = before,
                AtOnce = atOnce,
                After = after,
                Settled = settled,
                Problem = warmUpProblem ?? problem,
            };
        }
        finally
        {
            File.Delete(socket);
        }

        // wrk can be told a time, not a count: slices until the count is reached.
        async Task<(long Pairs, string? Problem)> DriveAsync(long wanted, TimeSpan slice)
        {
            var (done, problem) = (0L, (string?)null);
            for (var count = 0; count < MostSlices && done < wanted && problem is null; count++)
            {
                var result = await wrk.RunAsync(plan, planFile, Connections, slice, cancellation);
                done += result.Succeeded;
                problem = AnswerCheck.Find(row, result);
            }

            Console.WriteLine($"{StoreNames.NameOf(store)}: {done:n0} pairs");
            return (done, problem ?? (done < wanted ? $"only {done:n0} pairs in the time allowed" : null));
        }

        // Both readings are taken after the same silence, or as soon as enough was given back.
        async Task<(MemoryReading Reading, TimeSpan After)> SettleAsync(Predicate<MemoryReading> enough)
        {
            var silence = Stopwatch.StartNew();
            while (true)
            {
                await Task.Delay(BetweenReadings, cancellation);
                var reading = await probe.ReadAsync(cancellation);
                Console.WriteLine(
                    $"{StoreNames.NameOf(store)}: {reading.LiveBytes / 1e6:n1} MB live, {reading.PinnedBytes / 1e6:n1} MB pinned, "
                    + $"{reading.ResidentBytes / 1e6:n1} MB resident");
                if (enough(reading) || silence.Elapsed + BetweenReadings > LongestSettling)
                {
                    return (reading, silence.Elapsed);
                }
            }
        }
    }
}
