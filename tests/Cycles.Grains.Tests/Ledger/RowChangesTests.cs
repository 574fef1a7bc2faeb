using Cycles.Grains.Ledger;
using Cycles.Grains.Peers;
using Cycles.Grains.Runs;

namespace Cycles.Grains.Tests.Ledger;

public sealed class RowChangesTests
{
    private const long Term = 7;

    [Fact]
    public void A_reader_gets_what_has_changed_since_it_asked()
    {
        var changes = new RowChanges();
        var begun = Since(changes, default);
        Assert.Null(begun.Changes);
        Add(changes, "a", "b");

        var first = Since(changes, begun.Now);
        Assert.Equal(["a", "b"], Ids(first));
        Add(changes, "c");
        Assert.Equal(["c"], Ids(Since(changes, first.Now)));

        // One that asks at the same time as another.
        Assert.Equal(["a", "b", "c"], Ids(Since(changes, begun.Now)));
    }

    [Fact]
    public void Of_another_ledger_nothing_is_known()
    {
        var changes = new RowChanges();
        var begun = Since(changes, default);
        Assert.Null(Since(changes, begun.Now with { Source = Term + 1 }).Changes);
        Assert.Null(Since(changes, begun.Now with { Sequence = begun.Now.Sequence + 1 }).Changes);
    }

    [Fact]
    public void Who_does_not_come_back_for_long_reads_all_anew_and_misses_nothing()
    {
        var changes = new RowChanges();
        var begun = Since(changes, default);
        for (var i = 0; i <= RowChanges.Most; i++)
        {
            Add(changes, $"{i}");
        }

        // These are noted nowhere.
        Add(changes, "lost");
        var after = Since(changes, begun.Now);
        Assert.Null(after.Changes);
        Add(changes, "next");
        Assert.Equal(["next"], Ids(Since(changes, after.Now)));
        Assert.Null(Since(changes, begun.Now with { Sequence = begun.Now.Sequence + RowChanges.Most }).Changes);
    }

    private static void Add(RowChanges changes, params string[] ids) => Array.ForEach(ids, id => changes.Add(new RowChange(null, [id]), nowMs: 0));

    private static FollowedRows Since(RowChanges changes, RowFeed since) => changes.Since(since, Term, HistoryManifest.Empty, nowMs: 0);

    private static IEnumerable<string> Ids(FollowedRows followed) => followed.Changes!.Select(change => Assert.Single(change.Sealed!));
}
