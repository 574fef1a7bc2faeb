using Cycles.Grains.Budgets;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Indexes;

/// <summary>
/// Marks what one ledger changes: after the change is durable and before its caller is answered, so that a list read after a change includes it.
/// </summary>
internal sealed class ChangeMarks(ChangeBoard board, string tenantId)
{
    private readonly string _tenant = new TenantKeys(tenantId).Tenant!;
    private readonly string _apiKeys = new TenantKeys(tenantId).ApiKeys!;
    private readonly string _keyUses = new TenantKeys(tenantId).KeyUses!;
    private readonly string _budgets = new TenantKeys(tenantId).Budgets!;

    /// <summary>The ledger begins to write.</summary>
    public void Begin() => board.Serve(tenantId);

    /// <summary>The ledger ends without knowing what it wrote last.</summary>
    public void InDoubt() => board.MarkAll(tenantId);

    /// <summary>A transaction is durable.</summary>
    public void Committed(LedgerTransaction transaction)
    {
        if (!board.Budgets.IsFollowed && !board.Tenants.IsFollowed)
        {
            return;
        }

        var count = 0;
        var changed = new ChangedBudget[transaction.Stakes.Length + transaction.Writes.Length];
        foreach (var stake in transaction.Stakes)
        {
            changed[count++] = new ChangedBudget(new BudgetKey(stake.Scope, stake.Unit), ChangeOf(stake.Delta));
        }

        foreach (var write in transaction.Writes)
        {
            if (write.Key == _budgets && BudgetKey.TryParse(write.Field, out var key))
            {
                changed[count++] = new ChangedBudget(key, BudgetChange.Record);
            }
            else if (write.Key == _tenant || write.Key == _apiKeys || write.Key == _keyUses)
            {
                board.Tenants.Mark(tenantId);
            }
        }

        board.Budgets.Mark(changed.AsSpan(0, count));
    }

    private static BudgetChange ChangeOf(BudgetDelta delta) =>
        delta == BudgetDelta.Hold(delta.Reserved) ? BudgetChange.Reserved : BudgetChange.Numbers;
}
