using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Lists;

/// <summary>
/// Reservations in every order that was asked for, whole and by status. An order is built on its first use and kept from then on, so that
/// a page costs what the page has, not what the list has.
/// </summary>
internal sealed class ReservationIndex
{
    private readonly Dictionary<string, ReservationRow> _rows = [];
    private readonly Dictionary<(ReservationSort Sort, ReservationStatus? Status), SortedSet<ReservationRow>> _orders = [];

    public void Put(ReservationRow row)
    {
        _rows.TryGetValue(row.Id, out var old);
        _rows[row.Id] = row;
        foreach (var ((_, status), order) in _orders)
        {
            if (old is not null && (status is null || old.Status == status))
            {
                order.Remove(old);
            }

            if (status is null || row.Status == status)
            {
                order.Add(row);
            }
        }
    }

    public void Remove(string id)
    {
        if (_rows.Remove(id, out var row))
        {
            foreach (var order in _orders.Values)
            {
                order.Remove(row);
            }
        }
    }

    public ReservationRow? Find(string id) => _rows.GetValueOrDefault(id);

    /// <summary>The rows of a status, or of all, in order, from <paramref name="after"/> on and without it.</summary>
    public IEnumerable<ReservationRow> Walk(ReservationQuery query, ReservationRow? after)
    {
        var order = OrderOf(query.SortBy, query.Status);
        if (order.Count == 0)
        {
            return [];
        }

        var (lower, upper) = (order.Min!, order.Max!);
        if (query.SortBy == ReservationSort.CreatedAtMs)
        {
            // The window is a part of this order: walk only that.
            lower = query.Created.FromMs is { } from ? Later(order, lower, lower with { CreatedAtMs = from, Id = string.Empty }) : lower;
            upper = query.Created.ToMs is { } to ? Earlier(order, upper, upper with { CreatedAtMs = to, Id = "\uffff" }) : upper;
        }

        if (after is not null)
        {
            (lower, upper) = query.Ascending ? (Later(order, lower, after), upper) : (lower, Earlier(order, upper, after));
        }

        if (order.Comparer.Compare(lower, upper) > 0)
        {
            return [];
        }

        var view = order.GetViewBetween(lower, upper);
        var walk = query.Ascending ? view : view.Reverse();
        return after is null ? walk : walk.Where(row => order.Comparer.Compare(row, after) != 0);
    }

    private static ReservationRow Later(SortedSet<ReservationRow> order, ReservationRow left, ReservationRow right) =>
        order.Comparer.Compare(left, right) >= 0 ? left : right;

    private static ReservationRow Earlier(SortedSet<ReservationRow> order, ReservationRow left, ReservationRow right) =>
        order.Comparer.Compare(left, right) <= 0 ? left : right;

    private SortedSet<ReservationRow> OrderOf(ReservationSort sort, ReservationStatus? status)
    {
        if (!_orders.TryGetValue((sort, status), out var order))
        {
            var rows = _rows.Values.Where(row => status is null || row.Status == status);
            _orders[(sort, status)] = order = new SortedSet<ReservationRow>(rows, new ReservationOrder(sort));
        }

        return order;
    }
}
