using Cycles.Grains.Boards;
using Cycles.Grains.Runs;

namespace Cycles.Grains.Tests.Boards;

public sealed class SeenIdsTests
{
    private const int Count = 100_000;

    [Fact]
    public void An_id_that_was_added_may_always_exist()
    {
        var seen = Filled();

        Assert.All(Enumerable.Range(0, Count), id => Assert.True(seen.MayContain($"rsv_{id}")));
    }

    [Fact]
    public void Few_ids_that_were_not_added_are_taken_for_ones_that_may_exist()
    {
        var seen = Filled();

        var wrong = Enumerable.Range(0, Count).Count(id => seen.MayContain($"other_{id}"));

        Assert.True(wrong < Count / 100, $"{wrong} of {Count}");
    }

    [Fact]
    public void A_renewal_forgets_what_is_not_added_again_and_nothing_else()
    {
        var seen = Filled();
        seen.BeginRenewal();
        seen.Add("rsv_meanwhile");
        seen.Add("rsv_7");
        Assert.True(seen.MayContain("rsv_8"));

        seen.EndRenewal();

        Assert.True(seen.MayContain("rsv_meanwhile"));
        Assert.True(seen.MayContain("rsv_7"));
        Assert.False(seen.MayContain("rsv_8"));
        Assert.Equal(2, seen.OwnCount);
    }

    [Fact]
    public void What_only_the_history_may_have_is_added_all_the_same()
    {
        var history = new IdFilter(1);
        history.Add(IdFilter.KeyOf("rsv_1"));
        var seen = new SeenIds();
        seen.SetHistory(RunFilters.None.With(new HashSet<string>(), [("run", history)]));
        Assert.True(seen.MayContain("rsv_1"));
        seen.Add("rsv_1");

        // The run's time is over.
        seen.SetHistory(RunFilters.None);

        Assert.True(seen.MayContain("rsv_1"));
    }

    private static SeenIds Filled()
    {
        var seen = new SeenIds();
        for (var id = 0; id < Count; id++)
        {
            seen.Add($"rsv_{id}");
        }

        return seen;
    }
}
