using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Reservations;

/// <summary>A reservation after an operation on it, or why the operation was refused.</summary>
/// <param name="Problem">Why nothing was changed.</param>
/// <param name="Reservation">The reservation.</param>
/// <param name="NowMs">The store's clock at the time of the answer.</param>
[GenerateSerializer, Immutable, Alias("cycles.reservation-reply")]
public readonly record struct ReservationReply(
    [property: Id(0)] Problem? Problem,
    [property: Id(1)] ReservationRecord? Reservation,
    [property: Id(2)] long NowMs)
{
    /// <summary>Nothing was changed.</summary>
    public static ReservationReply Refused(Problem problem) => new(problem, null, 0);
}
