using Cycles.Contracts.Lists;
using Cycles.Grains.Runs;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Records;

/// <summary>Where a reservation stands in a list: what the list is sorted by, then its id.</summary>
/// <param name="Number">The number that the list is sorted by; 0 when it is sorted by none.</param>
/// <param name="Scope">The scope path that it is sorted by; null when it is not.</param>
/// <param name="Id">The id, as <see cref="IdFilter.KeyOf"/> has it.</param>
internal readonly record struct ReservationPlace(long Number, string? Scope, ulong Id) : IComparable<ReservationPlace>
{
    /// <summary>Where a row stands.</summary>
    public static ReservationPlace Of(ReservationRow row, ReservationSort sort) => new(
        sort switch
        {
            ReservationSort.Status => RankOf(row.Status),
            ReservationSort.Reserved => row.Reserved.Value,
            ReservationSort.CreatedAtMs => row.CreatedAtMs,
            ReservationSort.ExpiresAtMs => row.ExpiresAtMs,
            _ => 0, // One list is one tenant's.
        },
        sort == ReservationSort.ScopePath ? row.ScopePath : null,
        IdFilter.KeyOf(row.Id));

    /// <summary>Where a status stands in the alphabetical order of their names.</summary>
    public static int RankOf(ReservationStatus status) => status.ToOutcome() is { } outcome ? RankOf(outcome) : 0;

    /// <summary>The same of what has ended.</summary>
    public static int RankOf(Outcome outcome) => 1 + (int)outcome;

    public int CompareTo(ReservationPlace other)
    {
        var difference = Number != other.Number ? Number.CompareTo(other.Number) : string.CompareOrdinal(Scope, other.Scope);
        return difference != 0 ? difference : Id.CompareTo(other.Id);
    }
}
