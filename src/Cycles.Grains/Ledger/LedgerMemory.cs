namespace Cycles.Grains.Ledger;

/// <summary>What one ledger activation knows without asking the store. The ledger alone writes it.</summary>
internal sealed class LedgerMemory(long incarnation)
{
    private long _nextDueMs = long.MaxValue;

    /// <summary>The store's life in which the ledger read this.</summary>
    public long Incarnation => incarnation;

    /// <summary>The ids of reservations that may exist.</summary>
    public SeenIds Seen { get; } = new();

    /// <summary>
    /// When the next reservation lapses, or the next period of a budget has ended, at the earliest, in Unix milliseconds;
    /// <see cref="long.MaxValue"/> when none can.
    /// </summary>
    public long NextDueMs
    {
        get => Volatile.Read(ref _nextDueMs);
        set => Volatile.Write(ref _nextDueMs, value);
    }
}
