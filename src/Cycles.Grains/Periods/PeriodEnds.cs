using Cycles.Contracts.Scopes;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Periods;

/// <summary>The tenant's index of budgets by the end of their period: written with every record that has one. The ledger reads what is due.</summary>
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
}
