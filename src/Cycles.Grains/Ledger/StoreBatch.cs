using Cycles.Contracts.Store;
using Cycles.Grains.Budgets;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

/// <summary>
/// A batch of transactions as one MULTI … EXEC. Deltas of one number add up to one HINCRBY and members of one sorted set to one ZADD, so
/// a hot scope costs one command a batch, not one a reservation.
/// </summary>
internal sealed class StoreBatch
{
    private readonly ITransaction _commands;
    private readonly List<Task> _results = [];
    private readonly Dictionary<(string Key, RedisValue Field), Int128> _increments = [];
    private readonly Dictionary<string, bool> _overLimits = [];
    private readonly Dictionary<string, List<SortedSetEntry>> _added = [];
    private readonly Dictionary<string, List<RedisValue>> _removed = [];
    private readonly List<RedisKey> _removedKeys = [];

    public StoreBatch(IDatabase database, List<QueuedTransaction> batch)
    {
        _commands = database.CreateTransaction();
        var conditions = new HashSet<(RedisKey, RedisValue)>();
        foreach (var queued in batch)
        {
            if (!queued.TakesFence && conditions.Add((queued.Fence, queued.Token)))
            {
                _commands.AddCondition(Condition.StringEqual(queued.Fence, queued.Token));
            }

            foreach (var stake in queued.Transaction.Stakes)
            {
                Add(queued.Keys.Numbers(stake.Scope, stake.Unit)!, stake.Delta);
            }

            foreach (var write in queued.Transaction.Writes)
            {
                Add(write);
            }
        }

        AddCoalesced();
        foreach (var queued in batch.Where(queued => queued.TakesFence))
        {
            // Last: the ledger that held the fence until then may give it back in the same batch.
            queued.PreviousFence = _commands.StringGetSetAsync(queued.Fence, queued.Token);
            _results.Add(queued.PreviousFence);
        }
    }

    /// <summary>Whether it was written; false when a fence has moved.</summary>
    public async Task<bool> ExecuteAsync()
    {
        if (!await _commands.ExecuteAsync(PrimaryDatabase.Flags))
        {
            return false;
        }

        // A command that fails inside EXEC does not undo the others. The rules make that impossible; if it happens, nobody may go on
        // from what they believe the store holds.
        try
        {
            await Task.WhenAll(_results);
        }
        catch (RedisException exception)
        {
            throw new StoreInDoubtException("a command of the batch failed where the others did not", exception);
        }

        return true;
    }

    private void Add(string numbers, BudgetDelta delta)
    {
        Increment(numbers, BudgetFields.Allocated, delta.Allocated);
        Increment(numbers, BudgetFields.Spent, delta.Spent);
        Increment(numbers, BudgetFields.Reserved, delta.Reserved);
        Increment(numbers, BudgetFields.Debt, delta.Debt);
        if (delta.OverLimit is { } overLimit)
        {
            _overLimits[numbers] = overLimit;
        }
    }

    private void Increment(string key, RedisValue field, long by)
    {
        if (by != 0)
        {
            _increments[(key, field)] = _increments.GetValueOrDefault((key, field)) + by;
        }
    }

    private void Add(StoreWrite write)
    {
        switch (write.Kind)
        {
            case StoreWriteKind.Set:
                Expiration expiry = write.Number > 0 ? new Expiration(TimeSpan.FromMilliseconds(write.Number)) : default;
                _results.Add(_commands.StringSetAsync(write.Key, write.Value, expiry));
                break;
            case StoreWriteKind.SetField:
                _results.Add(_commands.HashSetAsync(write.Key, write.Field, write.Value));
                if (write.Number > 0)
                {
                    _results.Add(_commands.KeyExpireAsync(write.Key, TimeSpan.FromMilliseconds(write.Number)));
                }

                break;
            case StoreWriteKind.AddMember:
                GetOrAdd(_added, write.Key).Add(new SortedSetEntry(write.Field, write.Number));
                break;
            case StoreWriteKind.RemoveMember:
                GetOrAdd(_removed, write.Key).Add(write.Field);
                break;
            case StoreWriteKind.RemoveKey:
                _removedKeys.Add(write.Key);
                break;
            case StoreWriteKind.ExpireKey:
                _results.Add(_commands.KeyExpireAsync(write.Key, TimeSpan.FromMilliseconds(write.Number)));
                break;
            default:
                throw new InvalidOperationException($"store write {write.Kind} is unknown");
        }
    }

    private void AddCoalesced()
    {
        foreach (var ((key, field), by) in _increments)
        {
            // Each transaction leads from one valid state to another, so their sum is the difference of two and fits.
            if (by != 0)
            {
                _results.Add(_commands.HashIncrementAsync(key, field, checked((long)by)));
            }
        }

        foreach (var (key, overLimit) in _overLimits)
        {
            _results.Add(_commands.HashSetAsync(key, BudgetFields.OverLimit, overLimit ? 1 : 0));
        }

        foreach (var (key, entries) in _added)
        {
            _results.Add(_commands.SortedSetAddAsync(key, [.. entries]));
        }

        foreach (var (key, members) in _removed)
        {
            _results.Add(_commands.SortedSetRemoveAsync(key, [.. members]));
        }

        if (_removedKeys.Count > 0)
        {
            _results.Add(_commands.KeyDeleteAsync([.. _removedKeys]));
        }
    }

    private static List<T> GetOrAdd<T>(Dictionary<string, List<T>> lists, string key)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        return list;
    }
}
