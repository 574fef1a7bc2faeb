using Cycles.Grains.Ledger;
using Cycles.Grains.Placement;
using Cycles.Grains.Reservations;
using Cycles.Protocol.Errors;

namespace Cycles.Grains.Lists;

/// <summary>
/// The list of one tenant's reservations (key: tenant id): sorted indexes in memory, built from the store when somebody first lists and
/// kept current by the ledger while somebody does.
/// </summary>
[Alias("cycles.reservation-list"), ClientAccess(ClientAccess.Gateways)]
public interface IReservationListGrain : IGrainWithStringKey
{
    /// <summary>A page.</summary>
    [Alias("query"), AnyRoute, ResponseTimeout("00:00:30")]
    ValueTask<ReservationPage> Query([Immutable] ReservationQuery query);

    /// <summary>Takes over a change. Answers false when nobody lists any more.</summary>
    [Alias("put"), AnyRoute]
    ValueTask<bool> Put(RowFeed feed, [Immutable] ReservationRow row);
}

/// <summary>A page of reservations, or why there is none.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Reservations">The page.</param>
/// <param name="NextCursor">Where the next page begins, when there is one.</param>
[GenerateSerializer, Immutable, Alias("cycles.reservation-page")]
public sealed record ReservationPage(
    [property: Id(0)] Problem? Problem,
    [property: Id(1)] ReservationRecord[] Reservations,
    [property: Id(2)] string? NextCursor);
