using Cycles.Contracts.Calls;
using Cycles.Contracts.Reservations;
using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Lists;

/// <summary>
/// The list of one tenant's reservations (key: tenant id). Those that are active or have lately ended are in memory while somebody lists; the others are read
/// from the history, a few pages for each page of the list.
/// </summary>
[Alias("cycles.reservation-list"), ClientAccess(ClientAccess.Gateways)]
public interface IReservationListGrain : IGrainWithStringKey
{
    /// <summary>A page.</summary>
    [Alias("query"), AnyRoute, ResponseTimeout("00:00:30")]
    ValueTask<ReservationPage> Query([Immutable] ReservationQuery query);
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
