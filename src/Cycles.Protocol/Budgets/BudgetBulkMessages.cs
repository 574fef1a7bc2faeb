using Cycles.Protocol.Amounts;

namespace Cycles.Protocol.Budgets;

/// <summary>Which budgets of a tenant (schema <c>BudgetBulkFilter</c>): all that is given must hold.</summary>
public sealed record BudgetBulkFilter
{
    /// <summary>The one tenant.</summary>
    public required string TenantId { get; init; }

    /// <summary>The scope itself and all below it.</summary>
    public string? ScopePrefix { get; init; }

    /// <summary>The unit.</summary>
    public Unit? Unit { get; init; }

    /// <summary>Their state.</summary>
    public BudgetStatus? Status { get; init; }

    /// <summary>Whether they are over their overdraft limit.</summary>
    public bool? OverLimit { get; init; }

    /// <summary>Whether they have debt.</summary>
    public bool? HasDebt { get; init; }

    /// <summary>The least spent / allocated, 0 to 1.</summary>
    public double? UtilizationMin { get; init; }

    /// <summary>The most spent / allocated, 0 to 1.</summary>
    public double? UtilizationMax { get; init; }

    /// <summary>A part of the tenant's id or the scope, whatever its case; at most 128 characters.</summary>
    public string? Search { get; init; }
}

/// <summary>Body of POST /v1/admin/budgets/bulk-action.</summary>
public sealed record BudgetBulkActionRequest
{
    /// <summary>Which budgets.</summary>
    public required BudgetBulkFilter Filter { get; init; }

    /// <summary>What to do to each.</summary>
    public required FundingOperation Action { get; init; }

    /// <summary>How much; every action needs it.</summary>
    public Amount? Amount { get; init; }

    /// <summary>What RESET_SPENT sets as spent, 0 when absent; other actions ignore it.</summary>
    public Amount? Spent { get; init; }

    /// <summary>At most 512 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>How many the operator expects; another number refuses the action.</summary>
    public int? ExpectedCount { get; init; }

    /// <summary>1 to 128 characters.</summary>
    public required string IdempotencyKey { get; init; }
}
