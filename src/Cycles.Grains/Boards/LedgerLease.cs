using System.Diagnostics;
using Cycles.Grains.Waits;
using StackExchange.Redis;

namespace Cycles.Grains.Boards;

/// <summary>
/// For how long a ledger may answer without asking the store. Writes are fenced, so a ledger that has been replaced without knowing it (its silo hung, and
/// was declared dead) cannot write. It could still answer from memory: a denial, a balance, "not found". So such answers need a proof that the fence was
/// held, no older than <see cref="Duration"/>. Every durable write is a proof. A ledger that takes a fence which was not given back answers nothing until the
/// last proof of the former ledger is older than that.
/// </summary>
/// <remarks>
/// Only the length of time counts, which two machines measure alike; their clocks may differ. A machine that was suspended is noticed by its wall clock
/// (<see cref="PauseWatch"/>), unless that stood still too.
/// </remarks>
internal sealed class LedgerLease
{
    /// <summary>How long a proof counts.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(500);

    // For clocks that do not run equally fast.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);

    private readonly PauseWatch? _pauses;

    /// <summary>For a store that other processes may use too.</summary>
    public LedgerLease(PauseWatch pauses) => _pauses = pauses;

    private LedgerLease()
    {
    }

    /// <summary>For a store that lives in this process: no other process can take a fence, and within the process <see cref="LedgerBoard"/> knows the tenant's ledger.</summary>
    public static LedgerLease Exclusive { get; } = new();

    /// <summary>What stands in a fence that was given back.</summary>
    public static RedisValue GivenBack { get; } = "-";

    /// <summary>Whether no other process can take a fence.</summary>
    public bool IsExclusive => _pauses is null;

    /// <summary>Whether a proof that began at that timestamp (<see cref="Stopwatch.GetTimestamp"/>) still counts.</summary>
    public bool Covers(long provenAt) =>
        _pauses is null || (Stopwatch.GetElapsedTime(provenAt) < Duration && provenAt > _pauses.PauseEndedAt);

    /// <summary>How long a ledger must answer nothing after it has taken a fence that held <paramref name="previous"/>.</summary>
    /// <param name="previous">What the fence held.</param>
    /// <param name="takenAt">A timestamp after it was taken.</param>
    public TimeSpan SilenceAfter(RedisValue previous, long takenAt)
    {
        if (IsExclusive || previous.IsNullOrEmpty || previous == GivenBack)
        {
            return TimeSpan.Zero;
        }

        var rest = Duration + Margin - Stopwatch.GetElapsedTime(takenAt);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }
}
