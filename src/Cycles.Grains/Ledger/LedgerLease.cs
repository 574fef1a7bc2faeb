using System.Diagnostics;
using Cycles.Grains.Waits;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

/// <summary>
/// For how long a ledger may be believed without asking the store. A write is fenced, so a ledger that has been replaced without knowing it (its
/// silo hung, and was declared dead) cannot write. But what it remembers would still answer: a denial, a balance, "not found". So what is answered
/// from memory must rest on a proof that the fence was held, no older than <see cref="Duration"/>; every durable write is one. And who takes a fence
/// from another that did not give it back answers nothing until the other's last proof is older than that.
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

    /// <summary>For a store that lives in this process: no other can have taken a fence, and within one process <see cref="LedgerBoard"/> knows who is the ledger.</summary>
    public static LedgerLease Exclusive { get; } = new();

    /// <summary>What stands in a fence that was given back.</summary>
    public static RedisValue GivenBack { get; } = "-";

    /// <summary>Whether no other process can take a fence.</summary>
    public bool IsExclusive => _pauses is null;

    /// <summary>Whether a proof that began at that timestamp (<see cref="Stopwatch.GetTimestamp"/>) still counts.</summary>
    public bool Covers(long provenAt) =>
        _pauses is null || (Stopwatch.GetElapsedTime(provenAt) < Duration && provenAt > _pauses.PauseEndedAt);

    /// <summary>How long who takes a fence that held <paramref name="previous"/> must keep silent.</summary>
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
