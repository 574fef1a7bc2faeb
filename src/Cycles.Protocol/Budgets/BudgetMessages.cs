using System.Text.Json.Serialization;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;

namespace Cycles.Protocol.Budgets;

/// <summary>Body of POST /v1/admin/budgets.</summary>
[GenerateSerializer, Immutable, Alias("cycles.budget-create")]
public sealed record BudgetCreateRequest
{
    /// <summary>Required with the admin key, forbidden with a tenant's key.</summary>
    [Id(0)]
    public string? TenantId { get; init; }

    /// <summary>The scope, rooted at the tenant.</summary>
    [Id(1)]
    public required string Scope { get; init; }

    /// <summary>The unit.</summary>
    [Id(2)]
    public required Unit Unit { get; init; }

    /// <summary>The first allocation.</summary>
    [Id(3)]
    public required Amount Allocated { get; init; }

    /// <summary>0 when absent.</summary>
    [Id(4)]
    public Amount? OverdraftLimit { get; init; }

    /// <summary>The tenant's when absent.</summary>
    [Id(5)]
    public OveragePolicy? CommitOveragePolicy { get; init; }

    /// <summary>NONE when absent.</summary>
    [Id(6)]
    public RolloverPolicy? RolloverPolicy { get; init; }

    /// <summary>UTC.</summary>
    [Id(7), JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>UTC; after the start.</summary>
    [Id(8), JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? PeriodEnd { get; init; }

    /// <summary>Free.</summary>
    [Id(9)]
    public RawJsonObject? Metadata { get; init; }
}

/// <summary>Body of POST /v1/admin/budgets/fund.</summary>
public sealed record BudgetFundingRequest
{
    /// <summary>What to do.</summary>
    public required FundingOperation Operation { get; init; }

    /// <summary>How much, in the unit of the budget.</summary>
    public required Amount Amount { get; init; }

    /// <summary>Only with RESET_SPENT; 0 when absent.</summary>
    public Amount? Spent { get; init; }

    /// <summary>At most 512 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>1 to 256 characters; without it a retry funds twice.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Free.</summary>
    public RawJsonObject? Metadata { get; init; }
}

/// <summary>Answer to POST /v1/admin/budgets/fund.</summary>
[GenerateSerializer, Immutable, Alias("cycles.budget-funded")]
public sealed record BudgetFundingResponse
{
#pragma warning disable CS1591 // The members are the schema's.
    [Id(0)] public required FundingOperation Operation { get; init; }
    [Id(1)] public required Amount PreviousAllocated { get; init; }
    [Id(2)] public required Amount NewAllocated { get; init; }
    [Id(3)] public required Amount PreviousRemaining { get; init; }
    [Id(4)] public required Amount NewRemaining { get; init; }
    [Id(5)] public required Amount PreviousDebt { get; init; }
    [Id(6)] public required Amount NewDebt { get; init; }
    [Id(7)] public required Amount PreviousSpent { get; init; }
    [Id(8)] public required Amount NewSpent { get; init; }
    [Id(9)] public required DateTimeOffset Timestamp { get; init; }
#pragma warning restore CS1591
}

/// <summary>Body of freeze and unfreeze.</summary>
public sealed record BudgetStatusTransitionRequest
{
    /// <summary>At most 512 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>Free.</summary>
    public RawJsonObject? Metadata { get; init; }
}

/// <summary>Answer to GET /v1/admin/budgets.</summary>
public sealed record BudgetListResponse
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<BudgetLedger> Ledgers { get; init; }

    /// <summary>Where the next page begins, when there is one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public required bool HasMore { get; init; }
}

/// <summary>Answer to GET /v1/balances in the admin plane's shape (schema <c>BalanceListResponse</c>).</summary>
public sealed record BudgetBalanceListResponse
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<BudgetLedger> Balances { get; init; }

    /// <summary>Where the next page begins, when there is one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public required bool HasMore { get; init; }
}

/// <summary>Body of PATCH /v1/admin/budgets. What is absent stays.</summary>
public sealed record BudgetUpdateRequest
{
    /// <summary>The largest debt allowed, in the budget's unit.</summary>
    public Amount? OverdraftLimit { get; init; }

    /// <summary>The overage policy of commits on this budget.</summary>
    public OveragePolicy? CommitOveragePolicy { get; init; }

    /// <summary>Free.</summary>
    public RawJsonObject? Metadata { get; init; }
}
