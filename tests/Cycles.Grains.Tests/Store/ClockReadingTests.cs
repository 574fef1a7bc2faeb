using Cycles.Grains.Store;

namespace Cycles.Grains.Tests.Store;

public sealed class ClockReadingTests
{
    [Fact]
    public void The_store_meant_the_middle_of_the_round_trip()
    {
        var reading = ClockReading.Of(new ClockSample(1_000, 0, TimeSpan.FromMilliseconds(20)), long.MinValue);

        Assert.Equal(1_010, reading.NowMs(TimeSpan.Zero));
        Assert.Equal(1_510, reading.NowMs(TimeSpan.FromMilliseconds(500)));
    }

    [Fact]
    public void A_clock_that_was_ahead_stands_still_until_it_is_right_and_then_goes_on()
    {
        var reading = ClockReading.Of(new ClockSample(1_000, 0, TimeSpan.Zero), shownMs: 1_700);

        Assert.Equal(1_700, reading.NowMs(TimeSpan.Zero));
        Assert.Equal(1_700, reading.NowMs(TimeSpan.FromMilliseconds(700)));
        Assert.Equal(1_900, reading.NowMs(TimeSpan.FromMilliseconds(900)));
    }
}
