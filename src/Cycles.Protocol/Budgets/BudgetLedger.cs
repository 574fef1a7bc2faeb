using Cycles.Protocol.Amounts;
using Cycles.Protocol.Reservations;

namespace Cycles.Protocol.Budgets;

/// <summary>One budget as the admin plane shows it (schema <c>BudgetLedger</c>).</summary>
[GenerateSerializer, Immutable, Alias("cycles.budget-ledger")]
public sealed record BudgetLedger
{
#pragma warning disable CS1591 // The members are the schema's; their rules stand with BudgetState and BudgetRecord.
    [Id(0)] public required string LedgerId { get; init; }
    [Id(1)] public required string TenantId { get; init; }
    [Id(2)] public required string Scope { get; init; }
    [Id(3)] public required string ScopePath { get; init; }
    [Id(4)] public required Unit Unit { get; init; }
    [Id(5)] public required Amount Allocated { get; init; }
    [Id(6)] public required Amount Remaining { get; init; }
    [Id(7)] public required Amount Reserved { get; init; }
    [Id(8)] public required Amount Spent { get; init; }
    [Id(9)] public required Amount Debt { get; init; }
    [Id(10)] public required Amount OverdraftLimit { get; init; }
    [Id(11)] public required bool IsOverLimit { get; init; }
    [Id(12)] public OveragePolicy? CommitOveragePolicy { get; init; }
    [Id(13)] public required BudgetStatus Status { get; init; }
    [Id(14)] public required RolloverPolicy RolloverPolicy { get; init; }
    [Id(15)] public DateTimeOffset? PeriodStart { get; init; }
    [Id(16)] public DateTimeOffset? PeriodEnd { get; init; }
    [Id(17)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(18)] public DateTimeOffset? UpdatedAt { get; init; }
#pragma warning restore CS1591
}
