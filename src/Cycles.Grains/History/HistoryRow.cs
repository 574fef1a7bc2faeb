using Cycles.Contracts.Reservations;
using Cycles.Grains.Runs;

namespace Cycles.Grains.History;

/// <summary>What a run knows of one reservation, or dry run, that has ended.</summary>
/// <param name="Id">The first half of its id's hash (<see cref="IdFilter.KeyOf"/>). Two of a tenant's ids share it by chance once in 10^6 years of 10,000 a second.</param>
/// <param name="CreatedMs">When it was made, in Unix milliseconds.</param>
/// <param name="ExpiresMs">When its hold would have ended, in Unix milliseconds.</param>
/// <param name="EndedMs">When it ended, in Unix milliseconds.</param>
/// <param name="Reserved">What it held. Pages of some orders do not have it.</param>
/// <param name="Scope">The place of its scope among the run's scopes.</param>
/// <param name="Place">Where its record is: the batch's place in the run's list, and the row in that batch.</param>
/// <param name="Outcome">How it ended.</param>
internal readonly record struct HistoryRow(
    ulong Id, long CreatedMs, long ExpiresMs, long EndedMs, long Reserved, int Scope, RecordPlace Place, Outcome Outcome)
{
    /// <summary>The row of a reservation that has ended, without the places of its scope and its record.</summary>
    public static HistoryRow Of(ReservationRecord reservation) => new(
        IdFilter.KeyOf(reservation.Id),
        reservation.CreatedAtMs,
        reservation.ExpiresAtMs,
        reservation.Settlement!.AtMs,
        reservation.Reserved.Value,
        0,
        default,
        reservation.Status.ToOutcome()!.Value);

    /// <summary>Where the row stands in an order of its run.</summary>
    public RunPlace PlaceIn(HistoryOrder order) => new(
        order switch
        {
            HistoryOrder.Created => CreatedMs,
            HistoryOrder.Expires => ExpiresMs,
            HistoryOrder.Reserved => Reserved,
            HistoryOrder.Scope => Scope,
            _ => 0,
        },
        Id);
}

/// <summary>Where a record is.</summary>
/// <param name="Batch">The batch's place in its run's list of batches.</param>
/// <param name="Row">The row in that batch, below <see cref="HistoryFormat.BatchRows"/>.</param>
internal readonly record struct RecordPlace(int Batch, int Row);
