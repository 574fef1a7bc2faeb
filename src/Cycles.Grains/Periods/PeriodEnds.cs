using Cycles.Contracts.Scopes;
using Cycles.Grains.Peers;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Periods;

/// <summary>The tenant's index of budgets by the end of their period: written with every record that has one, read when it is due.</summary>
internal static class PeriodEnds
{
    /// <summary>
    /// The moment by which a period that ends then has ended, one millisecond before: as with reservations, what is due is due when its
    /// time has passed, and a period does not contain its end.
    /// </summary>
    public static long DueAtMs(long endsAtMs) => endsAtMs - 1;

    /// <summary>What the transaction that writes <paramref name="next"/> does to the index; null when it stands as it should.</summary>
    /// <param name="keys">The tenant's keys.</param>
    /// <param name="next">The budget from now on.</param>
    /// <param name="previous">The budget before; null when it is new.</param>
    public static StoreWrite? WriteOf(TenantKeys keys, BudgetRecord next, BudgetRecord? previous)
    {
        var scope = ScopePath.FromCanonical(next.Scope);
        return (next.EndsAtMs(), previous?.EndsAtMs()) switch
        {
            ({ } end, var known) when end != known => StoreWrite.AddMember(
                keys.PeriodEnds, TenantKeys.BudgetField(scope, next.Unit), DueAtMs(end)),
            (null, not null) => Remove(keys, scope, next.Unit),
            _ => null,
        };
    }

    /// <summary>Takes a budget out of the index.</summary>
    public static StoreWrite Remove(TenantKeys keys, ScopePath scope, Unit unit) =>
        StoreWrite.RemoveMember(keys.PeriodEnds, TenantKeys.BudgetField(scope, unit));

    /// <summary>The budgets whose period has ended by <paramref name="nowMs"/>, at most <paramref name="limit"/>, the longest ago first.</summary>
    public static async Task<DueBudget[]> ReadDueAsync(RedisStore store, TenantKeys keys, long nowMs, int limit)
    {
        // By rank, and the first alone: on Garnet a range by score reads the whole set, and mostly nothing is due.
        var entries = await store.Database.SortedSetRangeByRankWithScoresAsync(keys.PeriodEnds, 0, 0);
        if (entries.Length > 0 && entries[0].Score <= nowMs)
        {
            entries = await store.Database.SortedSetRangeByRankWithScoresAsync(keys.PeriodEnds, 0, limit - 1);
        }

        return [.. entries.TakeWhile(entry => entry.Score <= nowMs).Select(entry => Parse((string)entry.Element!))];
    }

    private static DueBudget Parse(string field)
    {
        var bar = field.LastIndexOf('|');
        return bar > 0 && UnitNames.TryParse(field[(bar + 1)..], out var unit)
            ? new DueBudget(ScopePath.FromCanonical(field[..bar]), unit)
            : throw new InvalidDataException($"{field} is no budget");
    }
}
