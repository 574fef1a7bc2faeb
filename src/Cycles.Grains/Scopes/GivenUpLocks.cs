namespace Cycles.Grains.Scopes;

/// <summary>The operations that gave up lately before the scope knew of their lock; the last 1,024 of them.</summary>
internal sealed class GivenUpLocks
{
    private const int Most = 1024;

    private readonly HashSet<long> _ids = [];
    private readonly Queue<long> _order = [];

    /// <summary>An operation gave up.</summary>
    public void Add(long lockId)
    {
        if (!_ids.Add(lockId))
        {
            return;
        }

        _order.Enqueue(lockId);
        if (_order.Count > Most)
        {
            _ids.Remove(_order.Dequeue());
        }
    }

    /// <summary>Whether an operation gave up; it is not asked again.</summary>
    public bool Take(long lockId) => _ids.Count > 0 && _ids.Remove(lockId);
}
