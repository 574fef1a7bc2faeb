using Cycles.Contracts.Decisions;
using Cycles.Contracts.Reservations;

namespace Cycles.Grains.Records;

/// <summary>What one idempotency key made: a reservation or the answer to a dry run. They share a namespace, so one key makes one of them.</summary>
/// <param name="Reservation">The reservation.</param>
/// <param name="DryRun">The answer to a dry run.</param>
internal sealed record ReservationSlot(ReservationRecord? Reservation, EvaluationRecord? DryRun);
