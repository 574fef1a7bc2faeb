using Cycles.Contracts.Reservations;

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

/// <summary>The sizes of what the history is kept in.</summary>
internal static class HistoryFormat
{
    /// <summary>The most reservations that are put away together: a batch of records, and a run that was not merged yet.</summary>
    public const int BatchRows = 4096;

    /// <summary>The most runs that are merged into one.</summary>
    public const int MergedRuns = 16;

    /// <summary>The most rows of a run; one with half as many is not merged any more.</summary>
    public const int RunRows = BatchRows * MergedRuns;

    /// <summary>The rows in one page of an order. With what Redis adds to a string, a page just fits into a size that Redis gives out.</summary>
    public const int RowsInPage = 127;

    /// <summary>The scopes in one compressed page.</summary>
    public const int ScopesInPage = 256;

    /// <summary>How many pages that many have.</summary>
    public static int Pages(int count, int inPage) => (count + inPage - 1) / inPage;
}
