using Cycles.Protocol.Audit;

namespace Cycles.Grains.Audit;

/// <summary>
/// The entries that were shown last on this silo. An entry never changes, so one that is here is not read again: dashboards ask for the same
/// page all the time, and a page over many tenants is in as many places of the store, some of them on disk. Whether an entry is to be shown is
/// the index's matter.
/// </summary>
/// <param name="most">About how many: once there are as many new ones, those are forgotten that nobody has asked for since the last time.</param>
internal sealed class RecentEntries(int most)
{
    /// <summary>More than the longest page has.</summary>
    public const int Usual = 2048;

    private readonly Lock _lock = new();
    private Dictionary<string, AuditLogEntry> _young = [];
    private Dictionary<string, AuditLogEntry> _old = [];

    /// <summary>The entry of an id; null when it must be read.</summary>
    public AuditLogEntry? Find(string logId)
    {
        lock (_lock)
        {
            if (_young.TryGetValue(logId, out var entry))
            {
                return entry;
            }

            if (_old.Remove(logId, out entry))
            {
                Keep(entry);
            }

            return entry;
        }
    }

    public void Add(AuditLogEntry entry)
    {
        lock (_lock)
        {
            Keep(entry);
        }
    }

    private void Keep(AuditLogEntry entry)
    {
        if (_young.Count >= most)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young[entry.LogId] = entry;
    }
}
