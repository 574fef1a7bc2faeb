using Cycles.Grains.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cycles.Grains.Tests.Scheduling;

public sealed class OwnedWorkTests
{
    private readonly TaskCompletionSource _end = new();
    private int _runs;

    [Fact]
    public async Task A_tick_does_not_wait_and_another_one_does_not_begin_the_work_twice()
    {
        var work = WorkOf(_ => _end.Task);

        work.Begin();
        work.Begin();
        await UntilAsync(() => _runs == 1);
        work.Begin();
        Assert.False(work.Running.IsCompleted);
        _end.SetResult();
        await work.Running;
        Assert.Equal(1, _runs);

        work.Begin();
        await work.Running;
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task Work_that_fails_ends_and_begins_again_with_the_next_tick()
    {
        var work = WorkOf(_ => throw new InvalidOperationException("no store"));

        work.Begin();
        await work.Running;
        work.Begin();
        await work.Running;

        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task Work_is_told_to_stop_and_does_not_begin_any_more()
    {
        var work = WorkOf(stop => Task.Delay(Timeout.Infinite, stop));

        work.Begin();
        await UntilAsync(() => _runs == 1);
        work.Stop();
        await work.Running.WaitAsync(TimeSpan.FromSeconds(60));
        work.Begin();

        Assert.Equal(1, _runs);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            await Task.Delay(10, patience.Token);
        }
    }

    private OwnedWork WorkOf(Func<CancellationToken, Task> work) => new(
        "test",
        "owner",
        stop =>
        {
            _runs++;
            return work(stop);
        },
        NullLogger.Instance);
}
