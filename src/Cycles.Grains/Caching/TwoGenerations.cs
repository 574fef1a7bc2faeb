namespace Cycles.Grains.Caching;

/// <summary>
/// A dictionary that forgets. New entries go into the younger of two generations. When that is full, or old enough, it becomes the older generation, and the former
/// older one is dropped as a whole. So forgetting costs nothing for each entry, and what is used stays.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="most">The most entries of a generation, or the most weight of its entries. At least so many, and at most twice as many, are kept.</param>
/// <param name="keptMs">How long a generation takes new entries, in milliseconds. An entry is kept for at least that time after its last use, and at most for twice that time.</param>
/// <param name="weigh">The weight of an entry; each weighs 1 without it.</param>
internal sealed class TwoGenerations<TKey, TValue>(long most = long.MaxValue, long keptMs = long.MaxValue, Func<TValue, long>? weigh = null)
    where TKey : notnull
{
    private Dictionary<TKey, TValue> _younger = [];
    private Dictionary<TKey, TValue> _older = [];
    private long _youngerSinceMs;
    private long _youngerWeight;

    /// <summary>How many entries are kept.</summary>
    public int Count => _younger.Count + _older.Count;

    /// <summary>Forgets what is too old.</summary>
    /// <param name="nowMs">The present time, in milliseconds of any clock that does not go back.</param>
    public void Age(long nowMs)
    {
        var age = nowMs - _youngerSinceMs;
        if (age < keptMs)
        {
            return;
        }

        // After twice the time no entry of either was used lately.
        (_older, _younger, _youngerSinceMs, _youngerWeight) = (age / 2 < keptMs ? _younger : [], [], nowMs, 0);
    }

    /// <summary>Adds or replaces an entry.</summary>
    public void Set(TKey key, TValue value)
    {
        Remove(key);
        var weight = WeightOf(value);
        if (_younger.Count > 0 && _youngerWeight + weight > most)
        {
            (_older, _younger, _youngerWeight) = (_younger, [], 0);
        }

        _younger[key] = value;
        _youngerWeight += weight;
    }

    /// <summary>Finds an entry. That is a use of it.</summary>
    public bool TryGet(TKey key, out TValue value)
    {
        if (_younger.TryGetValue(key, out value!))
        {
            return true;
        }

        if (_older.Remove(key, out value!))
        {
            Set(key, value);
            return true;
        }

        return false;
    }

    /// <summary>Removes an entry.</summary>
    public void Remove(TKey key)
    {
        if (_younger.Remove(key, out var known))
        {
            _youngerWeight -= WeightOf(known);
        }

        _older.Remove(key);
    }

    private long WeightOf(TValue value) => weigh?.Invoke(value) ?? 1;
}
