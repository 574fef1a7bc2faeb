namespace Cycles.Grains.Journal;

/// <summary>
/// The last facts of one kind, for readers that ask what is new. Of facts with one subject the last one stands for all. Facts are kept while somebody reads, and only so many:
/// a reader that is too far behind is told so, and reads the store. So nothing waits for a reader, one that does not come back costs nothing, and a
/// fact that nobody reads costs one look at a flag.
/// </summary>
/// <param name="most">The most facts that are kept.</param>
/// <param name="time">Tells when a reader has stayed away too long.</param>
internal sealed class FactFeed(int most, TimeProvider time)
{
    // What one reader has read is kept for another, as far as these go.
    private const int Spare = 1_024;

    private const int ForgottenAtOnce = 4;

    // Longer than an index lives without being asked: one that has not read by then has ended.
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(20);

    private readonly Lock _lock = new();
    private readonly LinkedList<Told> _told = [];
    private readonly Dictionary<object, LinkedListNode<Told>> _subjects = [];
    private volatile bool _isRead;
    private long _source;
    private long _sequence;
    private long _forgotten;
    private long _readTo;
    private long _readAt;

    /// <summary>Whether anybody reads.</summary>
    public bool IsRead => _isRead;

    /// <summary>Tells a fact that is durable, before the caller that caused it is answered.</summary>
    public void Tell(Fact fact)
    {
        if (!_isRead)
        {
            return;
        }

        lock (_lock)
        {
            if (!_isRead)
            {
                return;
            }

            if (time.GetElapsedTime(_readAt) > KeepFor)
            {
                Stop();
                return;
            }

            Keep(fact);
            Forget();
            if (_told.Count > most)
            {
                // Every reader has now missed a fact and must read the store, so the rest is useless.
                Stop();
            }
        }
    }

    /// <summary>What was told since <paramref name="after"/>. From the first call on facts are kept for the next.</summary>
    public FactPage Read(FactPosition after)
    {
        lock (_lock)
        {
            _readAt = time.GetTimestamp();
            if (!_isRead)
            {
                // Another source each time: a reader of an earlier one does not know what came meanwhile.
                (_source, _sequence, _forgotten, _readTo, _isRead) = (Random.Shared.NextInt64(1, long.MaxValue), 0, 0, 0, true);
            }

            var now = new FactPosition(_source, _sequence);
            if (after.Source != _source || after.Sequence < _forgotten || after.Sequence > _sequence)
            {
                return new FactPage(after, now, IsGap: true, []);
            }

            _readTo = Math.Max(_readTo, after.Sequence);
            return new FactPage(after, now, IsGap: false, FactsAfter(after.Sequence));
        }
    }

    private void Keep(Fact fact)
    {
        if (fact.Subject is not { } subject)
        {
            _told.AddLast(new Told(++_sequence, fact));
            return;
        }

        if (_subjects.Remove(subject, out var earlier))
        {
            fact = Join(earlier.Value, fact);
            _told.Remove(earlier);
        }

        _subjects.Add(subject, _told.AddLast(new Told(++_sequence, fact)));
    }

    /// <summary>What stands for two facts of one subject.</summary>
    private Fact Join(Told earlier, Fact fact)
    {
        var both = fact.After(earlier.Fact);
        if (earlier.Sequence > _readTo || ReferenceEquals(both, fact))
        {
            return both;
        }

        // The reader knows the earlier one. Another one that does not must read the store: this fact is less than both.
        _forgotten = Math.Max(_forgotten, earlier.Sequence);
        return fact;
    }

    private Fact[] FactsAfter(long sequence)
    {
        var facts = new List<Fact>();
        for (var node = _told.Last; node is not null && node.Value.Sequence > sequence; node = node.Previous)
        {
            facts.Add(node.Value.Fact);
        }

        facts.Reverse();
        return [.. facts];
    }

    /// <summary>Removes at most four facts that were read. Only four, so that the ledger does not wait.</summary>
    private void Forget()
    {
        for (var i = 0; i < ForgottenAtOnce && _told.Count > Spare && _told.First is { } first && first.Value.Sequence <= _readTo; i++)
        {
            _forgotten = Math.Max(_forgotten, first.Value.Sequence);
            _told.RemoveFirst();
            if (first.Value.Fact.Subject is { } subject)
            {
                _subjects.Remove(subject);
            }
        }
    }

    private void Stop()
    {
        _isRead = false;
        _told.Clear();
        _subjects.Clear();
        _subjects.TrimExcess();
    }

    private readonly record struct Told(long Sequence, Fact Fact);
}
