using System.Collections.Concurrent;
using System.Diagnostics;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Report;

namespace Cycles.Bench.Outstanding;

/// <summary>
/// Reserves of one tenant at an even rate, whether or not the ones before have been answered: so a stall counts for everything that came meanwhile.
/// </summary>
internal sealed class SteadyLoad(TenantClient client, BenchTenant tenant, int perSecond)
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    private readonly ConcurrentQueue<(long SentAt, TimeSpan Took)> _answers = new();

    /// <summary>How many were answered with 200. Any other answer ends <see cref="RunAsync"/>.</summary>
    public long Done => _answers.Count;

    public async Task RunAsync(CancellationToken stop)
    {
        var (began, sent, underWay) = (Stopwatch.GetTimestamp(), 0L, new List<Task>());
        while (!stop.IsCancellationRequested)
        {
            for (var wanted = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond); sent < wanted; sent++)
            {
                underWay.Add(ReserveAsync());
            }

            underWay.RemoveAll(task => task.IsCompletedSuccessfully);
            await Task.Delay(1, CancellationToken.None);
        }

        await Task.WhenAll(underWay);
    }

    /// <summary>Of those that were sent between two moments of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public SteadyTimes Between(long from, long to)
    {
        double[] times = [.. _answers.Where(answer => answer.SentAt >= from && answer.SentAt < to).Select(answer => answer.Took.TotalMilliseconds).Order()];
        return times.Length == 0 ? throw new BenchException("nothing was reserved meanwhile")
            : new SteadyTimes(times.Length, Quantile.Of(times, 0.50), Quantile.Of(times, 0.99), times[^1]);
    }

    private async Task ReserveAsync()
    {
        var sentAt = Stopwatch.GetTimestamp();
        _answers.Enqueue((sentAt, await client.ReserveAsync(tenant, CancellationToken.None, TimeToLive)));
    }
}

/// <summary>How long reserves took.</summary>
internal readonly record struct SteadyTimes(int Count, double P50Ms, double P99Ms, double LongestMs);
