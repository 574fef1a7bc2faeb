using System.Runtime.InteropServices;

namespace Cycles.Grains.Indexes;

/// <summary>
/// What has changed on this silo since its follower asked the last time: a set, so that a budget that changes ten thousand times between
/// two questions stands in it once. Nobody follows until an index is asked for, and while nobody does a change costs one comparison.
/// </summary>
internal sealed class ChangeFeed(TimeProvider time)
{
    // Longer than an index lives without being asked: one that has not read by then has ended.
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(20);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _tenants = [];
    private readonly Dictionary<BudgetKey, BudgetChange> _budgets = [];
    private volatile bool _isFollowed;
    private Guid _follower;
    private long _askedAt;

    /// <summary>Whether changes are to be marked.</summary>
    public bool IsFollowed => _isFollowed;

    /// <summary>Marks everything of a tenant.</summary>
    public void Mark(string tenantId)
    {
        if (!_isFollowed)
        {
            return;
        }

        lock (_lock)
        {
            if (GoesOn())
            {
                _tenants.Add(tenantId);
            }
        }
    }

    /// <summary>Marks budgets.</summary>
    public void Mark(ReadOnlySpan<ChangedBudget> budgets)
    {
        if (!_isFollowed)
        {
            return;
        }

        lock (_lock)
        {
            if (GoesOn())
            {
                foreach (var (key, change) in budgets)
                {
                    ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_budgets, key, out var isKnown);
                    known = isKnown && known < change ? known : change;
                }
            }
        }
    }

    /// <summary>Takes what is marked.</summary>
    /// <returns>Null when somebody else followed until now: then nothing is known of what changed before.</returns>
    public SiloChanges? Take(Guid follower)
    {
        lock (_lock)
        {
            _askedAt = time.GetTimestamp();
            var changes = _follower == follower ? new SiloChanges([.. _tenants], ToArray(_budgets)) : null;
            (_follower, _isFollowed) = (follower, true);
            _tenants.Clear();
            _budgets.Clear();
            return changes;
        }
    }

    private static ChangedBudget[] ToArray(Dictionary<BudgetKey, BudgetChange> budgets)
    {
        var changed = new ChangedBudget[budgets.Count];
        var count = 0;
        foreach (var (key, change) in budgets)
        {
            changed[count++] = new ChangedBudget(key, change);
        }

        return changed;
    }

    private bool GoesOn()
    {
        if (_isFollowed && time.GetElapsedTime(_askedAt) > KeepFor)
        {
            (_follower, _isFollowed) = (Guid.Empty, false);
            _tenants.Clear();
            _budgets.Clear();
        }

        return _isFollowed;
    }
}
