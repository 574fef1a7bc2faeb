using CsCheck;
using Cycles.Contracts.Lists;
using Cycles.Grains.Lists;
using Cycles.Grains.Records;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Tests.Lists;

/// <summary>The indexes against a list that is sorted and filtered anew for every question.</summary>
public sealed class ReservationIndexTests
{
    private static readonly Gen<ReservationRow> Row = Gen.Select(
        Gen.Int[0, 60], Gen.Enum<ReservationStatus>(), Gen.Int[0, 5], Gen.Long[0, 9], Gen.Long[0, 20], Gen.Long[0, 20]).Select(
        (id, status, agent, reserved, created, expires) => new ReservationRow(
            $"rsv_acme_{id:x16}{id:x16}",
            $"key-{id}",
            status,
            $"tenant:acme/agent:{agent}",
            new Amount(Unit.Tokens, reserved),
            created,
            expires,
            status is ReservationStatus.Committed or ReservationStatus.Released ? created + 1 : null));

    private static readonly Gen<ReservationQuery> Query = Gen.Select(
        Gen.Enum<ReservationSort>(), Gen.Bool, Gen.Int[0, 4], Gen.Long[0, 20].Nullable(), Gen.Long[0, 20].Nullable(), Gen.Int[1, 7]).Select(
        (sort, ascending, status, from, to, limit) => new ReservationQuery
        {
            SortBy = sort,
            Ascending = ascending,
            Status = status == 4 ? null : (ReservationStatus)status,
            Created = new TimeWindow(from, to),
            Limit = limit,
        });

    [Fact]
    public void Pages_one_after_the_other_are_the_whole_list_in_order() => Gen.Select(Row.Array[0, 80], Query).Sample(
        (rows, query) =>
        {
            var index = new ReservationIndex();
            var model = new Dictionary<string, ReservationRow>();
            foreach (var row in rows)
            {
                // Orders that exist are kept current; others are built when they are asked for.
                _ = index.Walk(query, after: null).Count();
                index.Put(row);
                model[row.Id] = row;
            }

            Assert.Equal(ListModel.Sorted(model.Values, query), Pages(index, query));
        },
        iter: 1_000);

    [Fact]
    public void What_was_removed_is_in_no_order() => Gen.Select(Row.Array[1, 80], Query).Sample((rows, query) =>
    {
        var index = new ReservationIndex();
        Array.ForEach(rows, index.Put);
        _ = index.Walk(query, after: null).Count();
        Array.ForEach(rows, row => index.Remove(row.Id));
        Assert.Empty(Pages(index, query));
    });

    [Fact]
    public void A_cursor_belongs_to_its_filters_and_its_sort() => Gen.Select(Row, Query, Query).Sample((row, query, other) =>
    {
        var place = ReservationPlace.Of(row, query.SortBy);
        var cursor = ReservationCursor.Format(query, place);

        Assert.True(ReservationCursor.TryParse(cursor, query with { Limit = 200 }, out var last));
        Assert.Equal(place, last);
        Assert.Equal(query with { Limit = 1 } == other with { Limit = 1 }, ReservationCursor.TryParse(cursor, other, out _));
    });

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("%%%")]
    [InlineData("bnVsbA")]
    [InlineData("e30")]
    public void What_is_no_cursor_is_refused(string text) => Assert.False(ReservationCursor.TryParse(text, new ReservationQuery(), out _));

    private static List<ReservationRow> Pages(ReservationIndex index, ReservationQuery query)
    {
        var all = new List<ReservationRow>();
        ReservationPlace? after = null;
        while (true)
        {
            var page = index.Walk(query, after).Where(placed => query.Matches(placed.Row!)).Take(query.Limit).ToList();
            all.AddRange(page.Select(placed => placed.Row!));
            if (page.Count < query.Limit)
            {
                return all;
            }

            after = page[^1].Place;
        }
    }
}
