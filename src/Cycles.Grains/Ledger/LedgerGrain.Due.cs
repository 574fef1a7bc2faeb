using Cycles.Contracts.Addressing;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Waits;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

// What is due when: reservations that lapse, and periods that end.
internal sealed partial class LedgerGrain
{
    private const int FewDue = 16;

    // The expiry's grain calls this one too: a deactivation of it must not hold the ledger up.
    private static readonly TimeSpan ArmPatience = TimeSpan.FromSeconds(5);

    public ValueTask<long> NextDueMs() => new(_memory.NextDueMs);

    public async ValueTask<DueWork> ReadDue(long nowMs, int limit)
    {
        var lapsed = ReadDueAsync(_keys.Due, nowMs, limit);
        var ended = await ReadDueAsync(_keys.PeriodEnds, nowMs, limit);
        var reservations = await lapsed;
        var budgets = Array.ConvertAll(ended, BudgetKey.Parse);
        if (reservations.Length == limit || budgets.Length == limit)
        {
            return new DueWork(reservations, budgets, nowMs);
        }

        // Let what was accepted before become durable, then read; what is accepted meanwhile counts too. Until it is known, the old time
        // stands: were it forgotten first, a denial just then would take what is due for swept.
        _acceptedDueMs = long.MaxValue;
        await FlushAsync();
        var firstDueMs = await FirstDueAsync();
        _memory.NextDueMs = Math.Min(_acceptedDueMs, firstDueMs);
        return new DueWork(reservations, budgets, _memory.NextDueMs);
    }

    public async ValueTask<string[]> ReadActive(int limit)
    {
        await FlushAsync();
        return Array.ConvertAll(await store.Database.SortedSetRangeByRankAsync(_keys.Due, 0, limit - 1), id => (string)id!);
    }

    public async ValueTask<bool> TryDisarmExpiry()
    {
        await ProvenAsync();
        var isIdle = _memory.NextDueMs == long.MaxValue;
        _expiryIsArmed &= !isIdle;
        return isIdle;
    }

    private async ValueTask ArmExpiryAsync(long dueAtMs)
    {
        var isEarlier = dueAtMs < _memory.NextDueMs;
        NoteDue(dueAtMs);
        if (!_expiryIsArmed)
        {
            await grains.Get<IExpiryGrain>(TenantId).Arm().WithinAsync(ArmPatience, "the reminder of the tenant's expiry cannot be registered");
            _expiryIsArmed = true;
        }

        if (isEarlier)
        {
            await grains.Get<IExpiryGrain>(TenantId).WakeAt(dueAtMs);
        }
    }

    private void NoteDue(long dueAtMs)
    {
        _memory.NextDueMs = Math.Min(_memory.NextDueMs, dueAtMs);
        _acceptedDueMs = Math.Min(_acceptedDueMs, dueAtMs);
    }

    /// <summary>What of an index is due, the longest ago first.</summary>
    private async Task<string[]> ReadDueAsync(RedisKey index, long nowMs, int limit)
    {
        // By rank: on Garnet a range by score reads all that is due, however little of it is wanted. A few first, as there are seldom more.
        var few = Math.Min(limit, FewDue);
        var entries = await store.Database.SortedSetRangeByRankWithScoresAsync(index, 0, few - 1);
        if (entries.Length == few && few < limit && entries[^1].Score <= nowMs)
        {
            entries = await store.Database.SortedSetRangeByRankWithScoresAsync(index, 0, limit - 1);
        }

        return [.. entries.TakeWhile(entry => entry.Score <= nowMs).Select(entry => (string)entry.Element!)];
    }

    private async Task<long> FirstDueAsync()
    {
        // By rank, as above.
        var reservation = store.Database.SortedSetRangeByRankWithScoresAsync(_keys.Due, 0, 0);
        var period = store.Database.SortedSetRangeByRankWithScoresAsync(_keys.PeriodEnds, 0, 0);
        return Math.Min(FirstScore(await reservation), FirstScore(await period));
    }

    private static long FirstScore(SortedSetEntry[] first) => first.Length == 0 ? long.MaxValue : (long)first[0].Score;
}
