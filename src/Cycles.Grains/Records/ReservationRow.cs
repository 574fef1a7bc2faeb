using Cycles.Contracts.Reservations;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Records;

/// <summary>What a list filters and sorts reservations by.</summary>
/// <param name="Id">The id.</param>
/// <param name="IdempotencyKey">The key that made it.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="ScopePath">The deepest derived scope.</param>
/// <param name="Reserved">What was held.</param>
/// <param name="CreatedAtMs">In Unix milliseconds.</param>
/// <param name="ExpiresAtMs">In Unix milliseconds.</param>
/// <param name="FinalizedAtMs">In Unix milliseconds; only when COMMITTED or RELEASED.</param>
[GenerateSerializer, Immutable, Alias("cycles.reservation-row")]
internal sealed record ReservationRow(
    [property: Id(0)] string Id,
    [property: Id(1)] string IdempotencyKey,
    [property: Id(2)] ReservationStatus Status,
    [property: Id(3)] string ScopePath,
    [property: Id(4)] Amount Reserved,
    [property: Id(5)] long CreatedAtMs,
    [property: Id(6)] long ExpiresAtMs,
    [property: Id(7)] long? FinalizedAtMs)
{
    /// <summary>The row of a reservation.</summary>
    public static ReservationRow Of(ReservationRecord reservation) => new(
        reservation.Id,
        reservation.IdempotencyKey,
        reservation.Status,
        reservation.ScopePath,
        reservation.Reserved,
        reservation.CreatedAtMs,
        reservation.ExpiresAtMs,
        reservation.Status is ReservationStatus.Committed or ReservationStatus.Released ? reservation.Settlement?.AtMs : null);
}
