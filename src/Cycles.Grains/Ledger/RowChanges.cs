using Cycles.Grains.Peers;
using Cycles.Grains.Runs;

namespace Cycles.Grains.Ledger;

/// <summary>
/// The last changes in a tenant's list of reservations, for who lists them: kept while somebody does, and only so many. When nobody has asked for so many, they are
/// of no use to who asks next: it reads all anew. So no change waits for a reader, and one that does not come back costs nothing.
/// </summary>
internal sealed class RowChanges
{
    /// <summary>The most changes that are kept.</summary>
    public const int Most = 65_536;

    // Kept for a reader that asks twice at the same time.
    private const int MostAsked = 1_024;

    private const long KeptUnaskedMs = 10 * 60 * 1000;

    private readonly Queue<RowChange> _changes = [];
    private bool _isFollowed;
    private long _askedAtMs;
    private long _last;

    /// <summary>Notes a change that is durable.</summary>
    public void Add(RowChange change, long nowMs)
    {
        if (!_isFollowed)
        {
            return;
        }

        if (_changes.Count == Most || nowMs - _askedAtMs > KeptUnaskedMs)
        {
            _isFollowed = false;
            _changes.Clear();
            _changes.TrimExcess();
            return;
        }

        _last++;
        _changes.Enqueue(change);
    }

    /// <summary>What has changed since.</summary>
    /// <param name="since">How far the reader is.</param>
    /// <param name="term">The ledger's term.</param>
    /// <param name="history">The runs of the history now.</param>
    /// <param name="nowMs">The present time, in milliseconds of any clock that does not go back.</param>
    public FollowedRows Since(RowFeed since, long term, HistoryManifest history, long nowMs)
    {
        if (!_isFollowed)
        {
            // What went by unnoted has a number too.
            (_isFollowed, _last) = (true, _last + 1);
        }

        _askedAtMs = nowMs;
        var missed = _last - since.Sequence;
        var isKnown = since.Source == term && missed >= 0 && missed <= _changes.Count;
        var changes = isKnown ? _changes.Skip(_changes.Count - (int)missed).ToArray() : null;
        while (_changes.Count > MostAsked)
        {
            // One reader has these, as a rule, and there is but one.
            _changes.Dequeue();
        }

        return new FollowedRows(new RowFeed(term, _last), changes, history);
    }
}
