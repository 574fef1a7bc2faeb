using Cycles.Bench.Load;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Rows;

/// <summary>
/// The row's own load until an operation costs the server no less than before: compiled in full, caches filled. A fixed time is not enough:
/// on a busy machine the compiler takes many times as long. With the row's own connections: more would leave the server busy with letting go
/// of their reservations while the row is measured.
/// </summary>
internal sealed class WarmUp(Wrk wrk, TimeSpan slice, int mostSlices)
{
    /// <summary>A slice that saves less than this part of the lowest cost so far is idle …</summary>
    private const double WorthGoingOn = 0.05;

    /// <summary>… and after so many idle ones in a row, one alone may be the machine's mood, it is enough.</summary>
    private const int IdleSlices = 2;

    /// <summary>
    /// But not before this: where the machine's own speed changes, a slice in a slow moment looks idle. A reserve was measured at 490 µs so, and at
    /// 170 when it was warm.
    /// </summary>
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(20);

    public async Task<IReadOnlyList<WrkResult>> RunAsync(
        ServerUnderTest server, LoadPlan plan, string planFile, int connections, CancellationToken cancellation)
    {
        var results = new List<WrkResult>();
        var (lowest, idle) = (double.MaxValue, 0);
        while (results.Count < mostSlices && (idle < IdleSlices || results.Count * slice < LeastTime))
        {
            var before = server.Process.ProcessorTime;
            var result = await wrk.RunAsync(plan, planFile, connections, slice, cancellation);
            results.Add(result);
            var cost = (server.Process.ProcessorTime - before).TotalMicroseconds / Math.Max(result.Requests, 1);
            idle = cost > lowest * (1 - WorthGoingOn) ? idle + 1 : 0;
            lowest = Math.Min(lowest, cost);
        }

        return results;
    }
}
