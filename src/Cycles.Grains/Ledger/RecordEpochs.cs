using Cycles.Grains.Caching;

namespace Cycles.Grains.Ledger;

/// <summary>
/// The epochs under which a tenant's records are open. A caller closes what it has opened, unless it gave up before the answer came, or its silo
/// died. So an epoch that was not used for long is forgotten. If its holder comes back after all, it gets CONFLICT and opens the record again.
/// </summary>
internal sealed class RecordEpochs
{
    /// <summary>How long an epoch that is not used is kept at least, and half of how long at most. No operation on a record takes as long.</summary>
    public const long KeptUnusedMs = 30 * 60 * 1000;

    private readonly TwoGenerations<string, long> _epochs = new(keptMs: KeptUnusedMs);

    /// <summary>How many are known.</summary>
    public int Count => _epochs.Count;

    /// <summary>Opens a record under an epoch; an older one of it ends.</summary>
    public void Open(string id, long epoch, long nowMs)
    {
        _epochs.Age(nowMs);
        _epochs.Set(id, epoch);
    }

    /// <summary>Whether a record is open under that epoch.</summary>
    public bool IsCurrent(string id, long epoch) => _epochs.TryGet(id, out var known) && known == epoch;

    /// <summary>Ends an epoch; another one of the record stands.</summary>
    public void Close(string id, long epoch)
    {
        if (IsCurrent(id, epoch))
        {
            _epochs.Remove(id);
        }
    }
}
