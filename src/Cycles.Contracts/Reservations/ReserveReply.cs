using Cycles.Contracts.Decisions;
using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Reservations;

/// <summary>What became of a reserve: one of a problem, a reservation, and the answer to a dry run.</summary>
/// <param name="Problem">Why nothing was held.</param>
/// <param name="Reservation">The reservation, new or replayed.</param>
/// <param name="Evaluation">The answer to a dry run.</param>
/// <param name="NowMs">The store's clock at the time of the answer.</param>
/// <param name="IsConflict">Whether the tenant must reload and ask again.</param>
[GenerateSerializer, Immutable, Alias("cycles.reserve-reply")]
public readonly record struct ReserveReply(
    [property: Id(0)] Problem? Problem,
    [property: Id(1)] ReservationRecord? Reservation,
    [property: Id(2)] EvaluationRecord? Evaluation,
    [property: Id(3)] long NowMs,
    [property: Id(4)] bool IsConflict = false)
{
    /// <summary>The tenant must reload and ask again.</summary>
    public static readonly ReserveReply Conflict = new(null, null, null, 0, IsConflict: true);

    /// <summary>Nothing was held.</summary>
    public static ReserveReply Refused(Problem problem) => new(problem, null, null, 0);
}
