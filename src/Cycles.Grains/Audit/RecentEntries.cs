using Cycles.Grains.Caching;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Audit;

/// <summary>
/// The entries that this silo has shown last. An entry never changes, so one that is here is not read again. Dashboards ask for the same page all the time, and
/// the entries of a page over many tenants are in as many places of the store, some of them on disk. The index decides whether an entry is shown.
/// </summary>
/// <param name="most">At least so many are kept, and at most twice as many.</param>
internal sealed class RecentEntries(int most)
{
    /// <summary>More than the longest page has.</summary>
    public const int Usual = 2048;

    private readonly Lock _lock = new();
    private readonly TwoGenerations<string, AuditLogEntry> _entries = new(most);

    /// <summary>The entry of an id; null when it must be read.</summary>
    public AuditLogEntry? Find(string logId)
    {
        lock (_lock)
        {
            return _entries.TryGet(logId, out var entry) ? entry : null;
        }
    }

    public void Add(AuditLogEntry entry)
    {
        lock (_lock)
        {
            _entries.Set(entry.LogId, entry);
        }
    }
}
