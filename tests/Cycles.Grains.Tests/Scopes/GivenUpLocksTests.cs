using Cycles.Grains.Scopes;

namespace Cycles.Grains.Tests.Scopes;

public sealed class GivenUpLocksTests
{
    [Fact]
    public void A_lock_that_was_given_up_before_it_came_is_refused_once()
    {
        var locks = new GivenUpLocks();
        locks.Add(7);

        Assert.False(locks.Take(8));
        Assert.True(locks.Take(7));
        Assert.False(locks.Take(7));
    }

    [Fact]
    public void Only_the_last_are_remembered()
    {
        var locks = new GivenUpLocks();
        for (var id = 1; id <= 3000; id++)
        {
            locks.Add(id);
        }

        Assert.False(locks.Take(1));
        Assert.True(locks.Take(3000));
        Assert.Equal(1023, Enumerable.Range(1, 3000).Count(id => locks.Take(id)));
    }
}
