using System.Diagnostics;
using Cycles.Bench.Load;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Limits;

/// <summary>Runs the server in containers of several sizes under full load with large records, then asks it to end.</summary>
internal sealed class LimitRunner(ServerLauncher launcher, Wrk wrk, TimeSpan duration)
{
    private const int Connections = 64;

    private static readonly int[] Megabytes = [256, 400, 512, 640, 1024];

    // The larger ones are above the usual limit of metadata, which is raised for them.
    private static readonly int[] RecordBytes = [8_000, 30_000];

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<LimitResult>> RunAsync(CancellationToken cancellation)
    {
        var results = new List<LimitResult>();
        foreach (var bytes in RecordBytes)
        {
            foreach (var megabytes in Megabytes)
            {
                var result = await RunAsync(megabytes, bytes, cancellation);
                Console.WriteLine($"{megabytes} MB, records of {bytes:n0} bytes: {result.Pairs:n0} pairs, {result.End} {result.Problem}");
                results.Add(result);
            }
        }

        return results;
    }

    private async Task<LimitResult> RunAsync(int megabytes, int bytes, CancellationToken cancellation)
    {
        using var group = MemoryGroup.Create(megabytes);
        ServerUnderTest server;
        try
        {
            server = await launcher.StartAsync(StoreKind.Embedded, group, cancellation);
        }
        catch (BenchException exception)
        {
            return new LimitResult { Megabytes = megabytes, RecordBytes = bytes, End = "did not start", Problem = exception.Message.ReplaceLineEndings(" ") };
        }

        await using (server)
        {
            using var admin = new AdminPlane(server.Address, server.AdminKey);
            var row = new Row(StoreKind.Embedded, Workload.Pair, 1, 1, Connections);
            var plan = new LoadPlan(server.Address, row, await Provisioner.ProvisionAsync(admin, row, cancellation)) { MetadataBytes = bytes };
            var load = await wrk.RunAsync(plan, Path.Combine(server.Folder, "plan.lua"), Connections, duration, cancellation);
            var others = load.Refused - load.TurnedAway;
            var problem = others > 0 ? $"WRONG: {others} answers, the first: {load.Refusal}"
                : load.SocketErrors > 0 ? $"WRONG: {load.SocketErrors} without an answer" : null;
            var (end, endProblem) = await EndAsync(server, cancellation);
            return new LimitResult
            {
                Megabytes = megabytes,
                RecordBytes = bytes,
                Pairs = load.Succeeded,
                TurnedAway = load.TurnedAway,
                P99Us = load.P99Us,
                PeakBytes = group.PeakBytes,
                End = end,
                Problem = problem ?? endProblem,
            };
        }
    }

    /// <summary>A server that hangs does not end on SIGTERM.</summary>
    private static async Task<(string End, string? Problem)> EndAsync(ServerUnderTest server, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        server.Process.Terminate();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(LongestEnd);
        try
        {
            var code = await server.Process.ExitAsync(patience.Token);
            return ($"{code} after {watch.Elapsed.TotalSeconds:0.0} s", code == 0 ? null : "WRONG: it had ended before");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ("HANGS", $"WRONG: no end within {LongestEnd.TotalSeconds:0} s of SIGTERM");
        }
    }
}
