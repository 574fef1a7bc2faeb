using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Lists;

/// <summary>The total order of a sort key: the key, then the id.</summary>
internal sealed class ReservationOrder(ReservationSort sort) : IComparer<ReservationRow>
{
    public int Compare(ReservationRow? left, ReservationRow? right)
    {
        var difference = sort switch
        {
            // One list is one tenant's.
            ReservationSort.ReservationId or ReservationSort.Tenant => 0,
            ReservationSort.ScopePath => string.CompareOrdinal(left!.ScopePath, right!.ScopePath),
            ReservationSort.Status => string.CompareOrdinal(Name(left!.Status), Name(right!.Status)),
            ReservationSort.Reserved => left!.Reserved.Value.CompareTo(right!.Reserved.Value),
            ReservationSort.CreatedAtMs => left!.CreatedAtMs.CompareTo(right!.CreatedAtMs),
            ReservationSort.ExpiresAtMs => left!.ExpiresAtMs.CompareTo(right!.ExpiresAtMs),
            _ => throw new InvalidOperationException($"sort {sort} is unknown"),
        };
        return difference != 0 ? difference : string.CompareOrdinal(left!.Id, right!.Id);
    }

    private static string Name(ReservationStatus status) => status switch
    {
        ReservationStatus.Active => "ACTIVE",
        ReservationStatus.Committed => "COMMITTED",
        ReservationStatus.Released => "RELEASED",
        _ => "EXPIRED",
    };
}
