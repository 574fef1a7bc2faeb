using Cycles.Contracts.Indexes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;

namespace Cycles.Contracts.Bulk;

/// <summary>POST /v1/admin/budgets/bulk-action.</summary>
[GenerateSerializer, Immutable, Alias("cycles.budget-bulk-work")]
public sealed record BudgetBulkWork
{
    /// <summary>The one tenant.</summary>
    [Id(0)]
    public required string TenantId { get; init; }

    /// <summary>What to do.</summary>
    [Id(1)]
    public required FundingOperation Action { get; init; }

    /// <summary>How much, in the unit that a row must have.</summary>
    [Id(2)]
    public required Amount Amount { get; init; }

    /// <summary>What RESET_SPENT sets as spent.</summary>
    [Id(3)]
    public required long Spent { get; init; }

    /// <summary>Why, for the audit log.</summary>
    [Id(4)]
    public string? Reason { get; init; }

    /// <summary>Which budgets: what the list of budgets means by it.</summary>
    [Id(5)]
    public required BudgetQuery Where { get; init; }
}
