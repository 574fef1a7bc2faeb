using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Keys;

namespace Cycles.Contracts.Indexes;

/// <summary>What a list of budgets is asked for (GET /v1/admin/budgets). All filters must hold; one that is null does.</summary>
[GenerateSerializer, Immutable, Alias("cycles.budget-query")]
public sealed record BudgetQuery
{
    /// <summary>Whose; null for all tenants.</summary>
    [Id(0)]
    public string? TenantId { get; init; }

    /// <summary>What the scope is under, in lower case (<see cref="Protocol.Scopes.ScopePath.IsUnder"/>).</summary>
    [Id(1)]
    public string? ScopePrefix { get; init; }

    /// <summary>The unit.</summary>
    [Id(2)]
    public Unit? Unit { get; init; }

    /// <summary>The status.</summary>
    [Id(3)]
    public BudgetStatus? Status { get; init; }

    /// <summary>Whether new reservations are blocked until an operator reconciles.</summary>
    [Id(4)]
    public bool? OverLimit { get; init; }

    /// <summary>Whether there is debt.</summary>
    [Id(5)]
    public bool? HasDebt { get; init; }

    /// <summary>The least that spent ÷ allocated may be, 0 to 1.</summary>
    [Id(6)]
    public double? UtilizationMin { get; init; }

    /// <summary>The most that spent ÷ allocated may be, 0 to 1 and not below <see cref="UtilizationMin"/>.</summary>
    [Id(7)]
    public double? UtilizationMax { get; init; }

    /// <summary>What the tenant's id or the scope has in it, in lower case.</summary>
    [Id(8)]
    public string? Search { get; init; }

    /// <summary>The sort key.</summary>
    [Id(9)]
    public BudgetSort SortBy { get; init; } = BudgetSort.Utilization;

    /// <summary>Whether the smallest come first.</summary>
    [Id(10)]
    public bool Ascending { get; init; }

    /// <summary>The most rows, 1 to 10,000.</summary>
    [Id(11)]
    public int Limit { get; init; } = 50;

    /// <summary>Where the page begins; of an answer to the same filters and sort.</summary>
    [Id(12)]
    public string? Cursor { get; init; }

    /// <summary>The part of the tenant that the caller may see; null for all of it.</summary>
    [Id(13)]
    public ScopeFilter? Within { get; init; }
}

/// <summary>What budgets can be sorted by; equal ones by scope and unit.</summary>
public enum BudgetSort
{
#pragma warning disable CS1591 // The names are the parameter's values.
    TenantId,
    Scope,
    Unit,
    Status,
    CommitOveragePolicy,
    Utilization,
    Debt,
#pragma warning restore CS1591
}
