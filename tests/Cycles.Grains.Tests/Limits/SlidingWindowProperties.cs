using CsCheck;
using Cycles.Grains.Limits;

namespace Cycles.Grains.Tests.Limits;

/// <summary>The window against a model that keeps every moment and counts them all, each time anew.</summary>
public sealed class SlidingWindowProperties
{
    private const long WindowMs = 60_000;

    // Mostly bursts, at times a pause of about a window: where fixed windows and buckets let too many through.
    private static readonly Gen<long> Pause = Gen.Frequency(
        (4, Gen.Long[0, 3]), (3, Gen.Long[0, 5_000]), (2, Gen.Long[25_000, 35_000]), (1, Gen.Long[59_998, 60_002]));

    [Fact]
    public void No_window_of_a_minute_has_more_than_the_limit() => Gen.Select(Gen.Int[1, 12], Pause.Array[1, 120]).Sample(
        (limit, pauses) =>
        {
            var admitted = Run(pauses, _ => limit, (_, _, _) => { });

            // Windows that begin with an event are the fullest ones.
            Assert.All(admitted, start => Assert.InRange(admitted.Count(at => at >= start && at < start + WindowMs), 1, limit));
        },
        iter: 2_000);

    [Fact]
    public void One_is_refused_exactly_when_the_last_minute_is_full() => Gen.Select(Gen.Int[1, 12].Array[120], Pause.Array[1, 120]).Sample(
        (limits, pauses) => Run(pauses, i => limits[i], (waitMs, inLastMinute, limit) => Assert.Equal(inLastMinute >= limit, waitMs > 0)),
        iter: 2_000);

    [Fact]
    public void A_caller_that_waits_as_long_as_it_was_told_is_admitted_and_not_a_millisecond_earlier() => Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12], Pause.Array[1, 60]).Sample(
        (limit, lowered, pauses) =>
        {
            var window = new SlidingWindow();
            var nowMs = Fill(window, pauses, limit);

            if (window.WaitMs(lowered, nowMs) is > 0 and var waitMs)
            {
                Assert.True(window.WaitMs(lowered, nowMs + waitMs - 1) > 0, "it could have come earlier");
                Assert.Equal(0, window.WaitMs(lowered, nowMs + waitMs));
            }
        },
        iter: 2_000);

    [Fact]
    public void A_minute_later_it_is_empty() => Gen.Select(Gen.Int[1, 12], Pause.Array[1, 60]).Sample(
        (limit, pauses) =>
        {
            var window = new SlidingWindow();
            var nowMs = Fill(window, pauses, limit);

            Assert.True(window.IsEmpty(nowMs + WindowMs));
        },
        iter: 500);

    private static long Fill(SlidingWindow window, long[] pauses, int limit)
    {
        var nowMs = 0L;
        foreach (var pause in pauses)
        {
            nowMs += pause;
            if (window.WaitMs(limit, nowMs) == 0)
            {
                window.Add(nowMs);
            }
        }

        return nowMs;
    }

    private static List<long> Run(long[] pauses, Func<int, int> limitOf, Action<long, int, int> check)
    {
        var window = new SlidingWindow();
        var admitted = new List<long>();
        var nowMs = 0L;
        for (var i = 0; i < pauses.Length; i++)
        {
            nowMs += pauses[i];
            var waitMs = window.WaitMs(limitOf(i), nowMs);
            check(waitMs, admitted.Count(at => nowMs - at < WindowMs), limitOf(i));
            if (waitMs == 0)
            {
                window.Add(nowMs);
                admitted.Add(nowMs);
            }
        }

        return admitted;
    }
}
