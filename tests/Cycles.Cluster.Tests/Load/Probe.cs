using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Model;

namespace Cycles.Cluster.Tests.Load;

/// <summary>Finds out when a tenant is served again: new writes at a steady pace, none of which waits for those before it.</summary>
internal sealed class Probe(ICyclesApi api, Book book, TenantModel tenant)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    /// <returns>When the first was answered, from now on; null when none was within the limit.</returns>
    public async Task<TimeSpan?> RunAsync(TimeSpan limit)
    {
        var started = TimeProvider.System.GetTimestamp();
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var probes = new List<Task>();
        while (!answered.Task.IsCompleted && TimeProvider.System.GetElapsedTime(started) < limit)
        {
            probes.Add(SendAsync(answered));
            await Task.WhenAny(answered.Task, Task.Delay(Pace));
        }

        var recovery = TimeProvider.System.GetElapsedTime(started);
        await Task.WhenAll(probes);
        return answered.Task.IsCompleted ? recovery : null;
    }

    private async Task SendAsync(TaskCompletionSource answered)
    {
        var probe = Requests.Credit($"probe-{Guid.NewGuid():N}", tenant.Shared[0][^1], 1);
        book.Begin(probe);
        var answer = await api.SendAsync(probe.Request);
        if (answer.IsFinal)
        {
            book.Answered(probe, answer);
            answered.TrySetResult();
        }
        else
        {
            Book.Unanswered(probe);
        }
    }
}
