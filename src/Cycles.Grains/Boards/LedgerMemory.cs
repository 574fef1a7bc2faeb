namespace Cycles.Grains.Boards;

/// <summary>What one ledger activation knows without asking the store. The ledger alone writes it.</summary>
/// <param name="incarnation">The store's life in which the ledger read this.</param>
/// <param name="term">The ledger's term.</param>
/// <param name="lease">How long it may be believed.</param>
internal sealed class LedgerMemory(long incarnation, long term, LedgerLease lease)
{
    private long _nextDueMs = long.MaxValue;
    private long _provenAt;
    private volatile bool _hasEnded;

    /// <summary>The store's life in which the ledger read this.</summary>
    public long Incarnation => incarnation;

    /// <summary>The time for which one activation is the tenant's ledger; a number that no other one has. What was read from it is certain as long as it lasts.</summary>
    public long Term => term;

    /// <summary>Whether the ledger has held its fence so lately that nobody else can have answered for the tenant since.</summary>
    public bool IsProven => !_hasEnded && lease.Covers(Volatile.Read(ref _provenAt));

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

    /// <summary>Notes that the fence was held at a time after <paramref name="timestamp"/>, which was taken before the store was asked.</summary>
    public void Proven(long timestamp)
    {
        for (var known = Volatile.Read(ref _provenAt); known < timestamp;)
        {
            var found = Interlocked.CompareExchange(ref _provenAt, timestamp, known);
            if (found == known)
            {
                return;
            }

            known = found;
        }
    }

    /// <summary>From now on it is not to be believed.</summary>
    public void End() => _hasEnded = true;
}
