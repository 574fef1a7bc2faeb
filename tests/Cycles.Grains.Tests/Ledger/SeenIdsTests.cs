using Cycles.Grains.Ledger;

namespace Cycles.Grains.Tests.Ledger;

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

        Assert.True(wrong < Count * 3 / 100, $"{wrong} of {Count}");
    }

    [Fact]
    public void A_filter_that_has_given_up_excludes_no_id()
    {
        var seen = Filled();

        seen.GiveUp();

        Assert.True(seen.MayContain("never added"));
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
