using Cycles.Grains.Store;

namespace Cycles.Grains.Tests.Store;

public sealed class ClockReadingTests
{
    [Fact]
    public void The_store_meant_the_middle_of_the_round_trip()
    {
        var reading = ClockReading.Of(
            new ClockSample(1_000, Timestamp: 1, TimeSpan.FromMilliseconds(20)), timestamp: 2, age: TimeSpan.FromMilliseconds(5), long.MinValue);

        Assert.Equal(1_015, reading.NowMs(TimeSpan.Zero));
        Assert.Equal(1_515, reading.NowMs(TimeSpan.FromMilliseconds(500)));
    }

    [Fact]
    public void A_clock_that_was_ahead_goes_slowly_until_it_is_right()
    {
        var reading = ClockReading.Of(new ClockSample(1_000, Timestamp: 1, TimeSpan.Zero), timestamp: 1, age: TimeSpan.Zero, shownMs: 1_700);

        Assert.Equal(1_700, reading.NowMs(TimeSpan.Zero));
        Assert.Equal(1_702, reading.NowMs(TimeSpan.FromMilliseconds(4)));
        Assert.Equal(2_400, reading.NowMs(TimeSpan.FromMilliseconds(1_400)));
        Assert.Equal(2_900, reading.NowMs(TimeSpan.FromMilliseconds(1_900)));
    }
}
