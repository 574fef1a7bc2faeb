using Cycles.Grains.Caching;

namespace Cycles.Grains.Tests.Caching;

public sealed class TwoGenerationsTests
{
    [Fact]
    public void At_least_as_many_as_a_generation_has_and_at_most_twice_as_many_are_kept()
    {
        var cache = new TwoGenerations<int, int>(most: 10);
        for (var i = 0; i < 1000; i++)
        {
            cache.Set(i, i);
            Assert.InRange(cache.Count, Math.Min(i + 1, 10), 20);

            // Only the newest is looked for: a look is a use, which would keep the others.
            Assert.True(cache.TryGet(i, out _));
        }
    }

    [Fact]
    public void What_is_used_stays()
    {
        var cache = new TwoGenerations<int, int>(most: 3);
        cache.Set(-1, 7);
        for (var i = 0; i < 100; i++)
        {
            cache.Set(i, i);
            Assert.True(cache.TryGet(-1, out var value));
            Assert.Equal(7, value);
        }
    }

    [Fact]
    public void An_entry_is_kept_for_the_time_after_its_last_use_and_for_less_than_three_times_that()
    {
        for (var step = 1; step <= 300; step += 7)
        {
            var cache = new TwoGenerations<int, int>(keptMs: 100);
            cache.Age(0);
            cache.Set(1, 1);
            for (var now = step; now <= 300; now += step)
            {
                cache.Age(now);
                Assert.True(now >= 100 || cache.Count == 1);
            }

            cache.Age(300);
            Assert.Equal(0, cache.Count);
        }
    }

    [Fact]
    public void What_is_removed_is_in_neither_generation()
    {
        var cache = new TwoGenerations<int, int>(most: 1);
        cache.Set(1, 1);
        cache.Set(2, 2);
        cache.Remove(1);
        cache.Remove(2);
        Assert.Equal(0, cache.Count);
        Assert.False(cache.TryGet(1, out _));
    }
}
