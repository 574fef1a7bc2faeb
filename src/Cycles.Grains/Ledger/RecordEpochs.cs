namespace Cycles.Grains.Ledger;

/// <summary>
/// The epochs under which a tenant's records are open. A caller closes what it has opened, unless it gave up before the answer came, or its silo
/// died. So an epoch that was not used for long is forgotten. If its holder comes back after all, it gets CONFLICT and opens the record again. Epochs are kept in two
/// generations: one that is used moves into the younger, and the older is dropped as a whole.
/// </summary>
internal sealed class RecordEpochs
{
    /// <summary>How long one that is not used is kept at least, and half of how long at most. No operation on a record takes as long.</summary>
    public const long KeptUnusedMs = 30 * 60 * 1000;

    private Dictionary<string, long> _younger = [];
    private Dictionary<string, long> _older = [];
    private long _youngerSinceMs;

    /// <summary>How many are known.</summary>
    public int Count => _younger.Count + _older.Count;

    /// <summary>Opens a record under an epoch; an older one of it ends.</summary>
    public void Open(string id, long epoch, long nowMs)
    {
        if (nowMs - _youngerSinceMs >= KeptUnusedMs)
        {
            // After twice the time nothing in either was used.
            _older = nowMs - _youngerSinceMs < 2 * KeptUnusedMs ? _younger : [];
            _younger = [];
            _youngerSinceMs = nowMs;
        }

        _older.Remove(id);
        _younger[id] = epoch;
    }

    /// <summary>Whether a record is open under that epoch.</summary>
    public bool IsCurrent(string id, long epoch)
    {
        if (_older.Remove(id, out var known))
        {
            _younger[id] = known;
        }

        return _younger.TryGetValue(id, out known) && known == epoch;
    }

    /// <summary>Ends an epoch; another one of the record stands.</summary>
    public void Close(string id, long epoch)
    {
        if (IsCurrent(id, epoch))
        {
            _younger.Remove(id);
        }
    }
}
