using System.Diagnostics;

namespace Cycles.Grains.Limits;

/// <summary>
/// What happened in the last 60 s, to the millisecond: an exact log, so that no window of 60 s, wherever it begins, ever has more than the
/// limit. (A token bucket lets twice as many through around a pause, a fixed window around its edge.) Events of one millisecond share an
/// entry, so however many come it has at most 60,000 entries of 16 bytes.
/// </summary>
internal sealed class SlidingWindow
{
    /// <summary>How long an event counts, in milliseconds: one at 0 no longer does at 60,000.</summary>
    public const long LengthMs = 60_000;

    // A ring: the oldest entry at _first, growing as needed.
    private Entry[] _entries = new Entry[2];
    private int _first;
    private int _length;
    private long _count;

    /// <summary>How long until one more may happen, in milliseconds; 0 when it may now.</summary>
    /// <param name="limit">The most events in any window, at least 1. It may differ from call to call.</param>
    /// <param name="nowMs">A clock that does not run backwards, in milliseconds.</param>
    public long WaitMs(int limit, long nowMs)
    {
        Debug.Assert(limit >= 1, "a limit of 0 would never let anybody through");
        Forget(nowMs);

        // As many of the oldest as must be over before there is room: one, unless the limit has been lowered.
        var excess = _count - limit + 1;
        for (var i = 0; excess > 0; i++)
        {
            ref var entry = ref At(i);
            excess -= entry.Count;
            if (excess <= 0)
            {
                return entry.AtMs + LengthMs - nowMs;
            }
        }

        return 0;
    }

    /// <summary>Something has happened.</summary>
    public void Add(long nowMs)
    {
        Debug.Assert(_length == 0 || At(_length - 1).AtMs <= nowMs, "the clock ran backwards");
        _count++;
        if (_length > 0 && At(_length - 1).AtMs == nowMs)
        {
            At(_length - 1).Count++;
            return;
        }

        if (_length == _entries.Length)
        {
            Grow();
        }

        _length++;
        At(_length - 1) = new Entry { AtMs = nowMs, Count = 1 };
    }

    /// <summary>Whether nothing counts any more.</summary>
    public bool IsEmpty(long nowMs)
    {
        Forget(nowMs);
        return _length == 0;
    }

    private void Forget(long nowMs)
    {
        while (_length > 0 && nowMs - _entries[_first].AtMs >= LengthMs)
        {
            _count -= _entries[_first].Count;
            _first = (_first + 1) % _entries.Length;
            _length--;
        }
    }

    private ref Entry At(int index) => ref _entries[(_first + index) % _entries.Length];

    private void Grow()
    {
        var grown = new Entry[_entries.Length * 2];
        for (var i = 0; i < _length; i++)
        {
            grown[i] = At(i);
        }

        (_entries, _first) = (grown, 0);
    }

    private struct Entry
    {
        public long AtMs;
        public int Count;
    }
}
