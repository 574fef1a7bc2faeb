using Cycles.Grains.Records;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Audit.Feed;

/// <summary>
/// What this silo has written to the audit log lately, for the index to fetch; see <see cref="AuditIndexGrain"/> for why that is enough. Nothing
/// is kept before somebody reads, nor long after: a change of which nobody asks costs one look at a flag.
/// </summary>
internal sealed class AuditFeed(TimeProvider time)
{
    /// <summary>The most entries that wait for a reader. A reader that comes later has missed some, and is told so.</summary>
    public const int MostKept = 4096;

    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Queue<(AuditRow? Row, string? Doubtful)> _items = [];
    private volatile bool _isRead;
    private long _source;
    private long _sequence;
    private long _readAt;

    /// <summary>Adds entries that have become durable, before the caller that caused them is answered.</summary>
    public void Add(ReadOnlySpan<AuditLogEntry> entries)
    {
        if (!_isRead)
        {
            return;
        }

        foreach (var entry in entries)
        {
            Keep((AuditRow.Of(entry), null));
        }
    }

    /// <summary>Says that the store may have entries of a tenant that were not and will not be added here.</summary>
    public void Doubt(string tenantId)
    {
        if (_isRead)
        {
            Keep((null, tenantId));
        }
    }

    /// <summary>What has come since <paramref name="after"/>.</summary>
    public AuditFeedPage Read(AuditFeedPosition after)
    {
        lock (_lock)
        {
            _readAt = time.GetTimestamp();
            if (!_isRead)
            {
                // Another source each time: an earlier reader does not know what came meanwhile.
                _source = Random.Shared.NextInt64(1, long.MaxValue);
                _sequence = 0;
                _isRead = true;
            }

            var now = new AuditFeedPosition(_source, _sequence);
            var missing = _sequence - after.Sequence;
            if (after.Source != _source || missing > _items.Count)
            {
                return new AuditFeedPage(now, IsGap: true, [], []);
            }

            var items = _items.Skip(_items.Count - (int)missing).ToArray();
            return new AuditFeedPage(
                now,
                IsGap: false,
                [.. items.Select(item => item.Row).OfType<AuditRow>()],
                [.. items.Select(item => item.Doubtful).OfType<string>().Distinct()]);
        }
    }

    private void Keep((AuditRow? Row, string? Doubtful) item)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_readAt) > KeepFor)
            {
                _isRead = false;
                _items.Clear();
                return;
            }

            _sequence++;
            _items.Enqueue(item);
            if (_items.Count > MostKept)
            {
                _items.Dequeue();
            }
        }
    }
}
