using Cycles.Contracts.Lists;
using Cycles.Grains.Records;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Lists;

/// <summary>
/// The reservations that are not in the history, in every order that was asked for, whole and by status. An order is built on its first use and kept from then
/// on, so that a page costs what the page has, not what the list has.
/// </summary>
internal sealed class ReservationIndex
{
    private readonly Dictionary<string, ReservationRow> _rows = [];
    private readonly Dictionary<(ReservationSort Sort, ReservationStatus? Status), SortedSet<PlacedRow>> _orders = [];

    public void Put(ReservationRow row)
    {
        _rows.TryGetValue(row.Id, out var old);
        _rows[row.Id] = row;
        foreach (var ((sort, status), order) in _orders)
        {
            if (old is not null && (status is null || old.Status == status))
            {
                order.Remove(PlacedRow.Of(old, sort));
            }

            if (status is null || row.Status == status)
            {
                order.Add(PlacedRow.Of(row, sort));
            }
        }
    }

    /// <summary>The row of an id; null when there is none.</summary>
    public ReservationRow? Find(string id) => _rows.GetValueOrDefault(id);

    public void Remove(string id)
    {
        if (_rows.Remove(id, out var row))
        {
            foreach (var ((sort, _), order) in _orders)
            {
                order.Remove(PlacedRow.Of(row, sort));
            }
        }
    }

    /// <summary>The rows of a status, or of all, in order, behind <paramref name="after"/>.</summary>
    public IEnumerable<PlacedRow> Walk(ReservationQuery query, ReservationPlace? after)
    {
        var order = OrderOf(query.SortBy, query.Status);
        if (order.Count == 0)
        {
            return [];
        }

        var (lower, upper) = (order.Min.Place, order.Max.Place);
        if (query.SortBy == ReservationSort.CreatedAtMs)
        {
            // The window is a part of this order: walk only that.
            lower = query.Created.FromMs is { } from ? Later(lower, new ReservationPlace(from, null, 0)) : lower;
            upper = query.Created.ToMs is { } to ? Earlier(upper, new ReservationPlace(to, null, ulong.MaxValue)) : upper;
        }

        if (after is { } place)
        {
            (lower, upper) = query.Ascending ? (Later(lower, place), upper) : (lower, Earlier(upper, place));
        }

        if (lower.CompareTo(upper) > 0)
        {
            return [];
        }

        var view = order.GetViewBetween(new PlacedRow(lower, null), new PlacedRow(upper, null));
        var walk = query.Ascending ? view : view.Reverse();
        return after is null ? walk : walk.Where(row => row.Place != after);
    }

    private static ReservationPlace Later(ReservationPlace left, ReservationPlace right) => left.CompareTo(right) >= 0 ? left : right;

    private static ReservationPlace Earlier(ReservationPlace left, ReservationPlace right) => left.CompareTo(right) <= 0 ? left : right;

    private SortedSet<PlacedRow> OrderOf(ReservationSort sort, ReservationStatus? status)
    {
        if (!_orders.TryGetValue((sort, status), out var order))
        {
            var rows = _rows.Values.Where(row => status is null || row.Status == status);
            _orders[(sort, status)] = order = new SortedSet<PlacedRow>(rows.Select(row => PlacedRow.Of(row, sort)));
        }

        return order;
    }

    /// <summary>A row and its place in an order.</summary>
    internal readonly record struct PlacedRow(ReservationPlace Place, ReservationRow? Row) : IComparable<PlacedRow>
    {
        public static PlacedRow Of(ReservationRow row, ReservationSort sort) => new(ReservationPlace.Of(row, sort), row);

        public int CompareTo(PlacedRow other) => Place.CompareTo(other.Place);
    }
}
