using Cycles.Contracts.Lists;
using Cycles.Grains.Lists;
using Cycles.Grains.Records;

namespace Cycles.Grains.Tests.Lists;

/// <summary>A list as plainly as it can be said: all rows, filtered and sorted.</summary>
internal static class ListModel
{
    public static List<ReservationRow> Sorted(IEnumerable<ReservationRow> rows, ReservationQuery query)
    {
        var sorted = rows.Where(query.Matches).Order(Comparer<ReservationRow>.Create((left, right) => Compare(left, right, query.SortBy))).ToList();
        if (!query.Ascending)
        {
            sorted.Reverse();
        }

        return sorted;
    }

    private static int Compare(ReservationRow left, ReservationRow right, ReservationSort sort)
    {
        var difference = sort switch
        {
            ReservationSort.ScopePath => string.CompareOrdinal(left.ScopePath, right.ScopePath),
            ReservationSort.Status => string.CompareOrdinal(left.Status.ToString(), right.Status.ToString()),
            ReservationSort.Reserved => left.Reserved.Value.CompareTo(right.Reserved.Value),
            ReservationSort.CreatedAtMs => left.CreatedAtMs.CompareTo(right.CreatedAtMs),
            ReservationSort.ExpiresAtMs => left.ExpiresAtMs.CompareTo(right.ExpiresAtMs),
            _ => 0,
        };
        return difference != 0 ? difference : string.CompareOrdinal(left.Id, right.Id);
    }
}
