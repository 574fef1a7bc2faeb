using Cycles.Grains.Scheduling;

namespace Cycles.Grains.Tests.Scheduling;

public sealed class SharedRunsTests
{
    [Fact]
    public Task Who_comes_during_a_run_waits_for_the_next_and_shares_it() => AsInAGrainAsync(async () =>
    {
        var begun = new List<TaskCompletionSource>();
        var runs = new SharedRuns(() =>
        {
            begun.Add(new TaskCompletionSource());
            return begun[^1].Task;
        });

        var first = runs.AfterNowAsync();
        await UntilAsync(() => begun.Count == 1);
        var second = runs.AfterNowAsync();
        var third = runs.AfterNowAsync();
        begun[0].SetResult();
        await first;
        await UntilAsync(() => begun.Count == 2);
        Assert.False(second.IsCompleted || third.IsCompleted);
        begun[1].SetResult();
        await Task.WhenAll(second, third);

        Assert.Equal(2, begun.Count);
    });

    [Fact]
    public Task A_run_that_fails_fails_only_its_own_callers() => AsInAGrainAsync(async () =>
    {
        var gate = new TaskCompletionSource();
        var count = 0;
        var runs = new SharedRuns(async () =>
        {
            if (++count == 1)
            {
                await gate.Task;
                throw new InvalidOperationException("the first");
            }
        });

        var first = runs.AfterNowAsync();
        await UntilAsync(() => count == 1);
        var second = runs.AfterNowAsync();
        gate.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await second;
    });

    /// <summary>One thing at a time, wherever it is awaited.</summary>
    private static Task AsInAGrainAsync(Func<Task> test) => Task.Factory.StartNew(
        test, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
