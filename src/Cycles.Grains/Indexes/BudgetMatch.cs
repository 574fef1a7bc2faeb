using Cycles.Contracts.Indexes;
using Cycles.Grains.Paging;

namespace Cycles.Grains.Indexes;

/// <summary>Which rows a query of budgets has, and in which order.</summary>
internal static class BudgetMatch
{
    /// <summary>What a cursor is bound to.</summary>
    public static string Fingerprint(this BudgetQuery query) => PageCursor.Fingerprint(
        query.TenantId,
        query.ScopePrefix,
        query.Unit,
        query.Status,
        query.OverLimit,
        query.HasDebt,
        query.UtilizationMin,
        query.UtilizationMax,
        query.Search,
        query.SortBy,
        query.Ascending,
        query.Within);

    /// <summary>Whether which rows there are, or their order, depends on numbers that work changes.</summary>
    public static bool GoesByNumbers(this BudgetQuery query) =>
        query.SortBy is BudgetSort.Utilization or BudgetSort.Debt
        || (query.OverLimit, query.HasDebt, query.UtilizationMin, query.UtilizationMax) is not (null, null, null, null);

    /// <summary>Whether a row satisfies all filters but <see cref="BudgetQuery.Search"/>.</summary>
    public static bool Matches(this BudgetQuery query, BudgetRow row) =>
        (query.Status is null || row.State.Status == query.Status)
        && (query.Unit is null || row.Key.Unit == query.Unit)
        && (query.OverLimit is null || row.State.IsOverLimit == query.OverLimit)
        && (query.HasDebt is null || row.State.Debt > 0 == query.HasDebt)
        && !(row.Utilization < query.UtilizationMin)
        && !(row.Utilization > query.UtilizationMax)
        && (query.TenantId is null || row.Record.TenantId == query.TenantId)
        && query.Within?.Allows(row.Key.Scope) != false
        && (query.ScopePrefix is null || row.Key.Scope.IsUnder(query.ScopePrefix));
}
