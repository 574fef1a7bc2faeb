using Cycles.Grains.Caching;

namespace Cycles.Grains.Tests.Caching;

public sealed class ByteBudgetTests
{
    [Fact]
    public async Task Who_finds_no_room_waits_in_order_until_there_is()
    {
        var budget = new ByteBudget(100);
        await budget.TakeAsync(80);
        var large = budget.TakeAsync(60).AsTask();
        var small = budget.TakeAsync(10).AsTask();

        Assert.False(large.IsCompleted);
        Assert.False(small.IsCompleted);
        Assert.False(budget.TryTake(1));
        budget.Return(80);
        await large;
        await small;
        Assert.Equal(70, budget.Held);
    }

    [Fact]
    public async Task A_wish_that_is_larger_than_the_budget_is_granted_alone()
    {
        var budget = new ByteBudget(100);
        await budget.TakeAsync(1);
        var large = budget.TakeAsync(1000).AsTask();

        Assert.False(large.IsCompleted);
        budget.Return(1);
        await large;
        Assert.False(budget.TryTake(1));
        budget.Return(1000);
        Assert.True(budget.TryTake(1));
    }

    [Fact]
    public async Task What_many_take_and_give_back_at_once_is_never_more_than_there_is()
    {
        var budget = new ByteBudget(1000);
        var most = 0L;
        await Task.WhenAll(Enumerable.Range(1, 16).Select(size => Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                await budget.TakeAsync(size * 20);
                most = Math.Max(most, budget.Held);
                budget.Return(size * 20);
            }
        })));

        Assert.Equal(0, budget.Held);
        Assert.InRange(most, 20, 1000);
    }
}
