using Cycles.Contracts.Bulk;

namespace Cycles.Grains.Bulk;

/// <summary>Finds what does a bulk action.</summary>
internal static class BulkWorks
{
    /// <summary>What an action is about.</summary>
    public static IBulkWork Of(BulkCommand command) => command switch
    {
        { Tenants: { } tenants } => new TenantBulk(tenants),
        { Budgets: { } budgets } => new BudgetBulk(budgets),
        _ => throw new InvalidOperationException("a bulk action of nothing"),
    };
}
