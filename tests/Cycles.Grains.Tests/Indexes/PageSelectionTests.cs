using CsCheck;
using Cycles.Grains.Indexes;
using Cycles.Grains.Paging;
using Cycles.Grains.Records;

namespace Cycles.Grains.Tests.Indexes;

public sealed class PageSelectionTests
{
    [Fact]
    public void Pages_put_together_are_the_sorted_whole() => Gen.Select(
        Gen.Select(Gen.Int[0, 5], Gen.String[Gen.Char['a', 'c'], 0, 2]).Array[0, 60], Gen.Int[1, 12], Gen.Bool).Sample((values, limit, ascending) =>
        {
            var rows = values.Select((value, i) => new SortKey(value.Item1, value.Item2, $"{i:d3}")).ToArray();
            var wanted = rows.Where(IsEven).Order().ToArray();
            if (!ascending)
            {
                Array.Reverse(wanted);
            }

            var walked = new List<SortKey>();
            string? cursor = null;
            do
            {
                var (problem, page, next) = PageSelection.Read(rows, IsEven, row => row, ascending, limit, "fingerprint", cursor);
                Assert.Null(problem);
                Assert.True(page.Length == limit || next is null);
                walked.AddRange(page);
                cursor = next;
            }
            while (cursor is not null);

            Assert.Equal(wanted, walked);
        });

    [Fact]
    public void A_page_goes_on_after_a_row_that_is_gone()
    {
        var rows = Enumerable.Range(0, 10).Select(i => SortKey.Of(i, $"{i}")).ToArray();
        var (_, _, cursor) = PageSelection.Read(rows, _ => true, row => row, ascending: true, 4, "f", null);

        var (problem, page, _) = PageSelection.Read(rows.Where(row => row.Number != 3), _ => true, row => row, ascending: true, 2, "f", cursor);

        Assert.Null(problem);
        Assert.Equal([4, 5], page.Select(row => row.Number));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("!")]
    [InlineData("bnVsbA")]
    [InlineData("e30")]
    public void What_is_no_cursor_is_refused(string cursor) =>
        Assert.NotNull(PageSelection.Read([SortKey.Of(1, "1")], _ => true, row => row, ascending: true, 1, "f", cursor).Problem);

    [Fact]
    public void A_cursor_of_other_filters_is_refused()
    {
        var rows = new[] { SortKey.Of(1, "1"), SortKey.Of(2, "2") };
        var (_, _, cursor) = PageSelection.Read(rows, _ => true, row => row, ascending: true, 1, "f", null);

        Assert.NotNull(cursor);
        Assert.NotNull(PageSelection.Read(rows, _ => true, row => row, ascending: true, 1, "g", cursor).Problem);
    }

    [Fact]
    public void Fingerprints_tell_which_filter_is_set() =>
        Assert.NotEqual(PageCursor.Fingerprint("a", null, 0.5), PageCursor.Fingerprint(null, "a", 0.5));

    private static bool IsEven(SortKey row) => row.Id[^1] % 2 == 0;
}
