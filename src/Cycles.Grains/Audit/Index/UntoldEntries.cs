using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Journal;
using Cycles.Grains.Records;

namespace Cycles.Grains.Audit.Index;

/// <summary>
/// The entries that the index has read from the store before a silo told of them. That is nothing wrong at first: a store shows a transaction a
/// moment before it is durable, and only then does its silo tell. What no silo tells in longer than a group commit can take is a fault.
/// </summary>
/// <remarks>Single-threaded, as the grain that has it.</remarks>
internal sealed class UntoldEntries(TimeProvider time)
{
    /// <summary>The most entries that are remembered; of more than that some are missing, which the rest tells as well.</summary>
    public const int MostKept = 10_000;

    private readonly Dictionary<string, (string TenantId, long FoundAt)> _entries = [];

    /// <summary>Notes an entry that was found in the store.</summary>
    public void Found(AuditRow row)
    {
        if (_entries.Count < MostKept)
        {
            _entries.TryAdd(row.LogId, (row.TenantId, time.GetTimestamp()));
        }
    }

    /// <summary>Notes what the silos have told since, and of which tenants they have told that there may be more.</summary>
    public void Told(Fact[] facts)
    {
        if (_entries.Count == 0)
        {
            return;
        }

        foreach (var fact in facts)
        {
            switch (fact)
            {
                case AuditEntryKept kept:
                    _entries.Remove(kept.Row.LogId);
                    break;
                case TenantChanged doubtful:
                    Forget(doubtful.TenantId);
                    break;
            }
        }
    }

    private void Forget(string tenantId)
    {
        foreach (var (id, entry) in _entries)
        {
            if (entry.TenantId == tenantId)
            {
                _entries.Remove(id);
            }
        }
    }

    /// <summary>Forgets all: everything is read anew, as what a silo has told is not known.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>How many have waited longer than <paramref name="patience"/>; each is counted once.</summary>
    public int TakeOverdue(TimeSpan patience)
    {
        var overdue = _entries.Where(entry => time.GetElapsedTime(entry.Value.FoundAt) > patience).Select(entry => entry.Key).ToArray();
        foreach (var id in overdue)
        {
            _entries.Remove(id);
        }

        return overdue.Length;
    }
}
