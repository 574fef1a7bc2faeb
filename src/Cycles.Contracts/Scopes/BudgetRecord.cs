using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;

namespace Cycles.Contracts.Scopes;

/// <summary>What is known of a budget besides its numbers: changes rarely and is replaced as a whole.</summary>
[GenerateSerializer, Immutable, Alias("cycles.budget-record")]
public sealed record BudgetRecord
{
#pragma warning disable CS1591 // As in the schema BudgetLedger.
    [Id(0)] public required string LedgerId { get; init; }
    [Id(1)] public required string TenantId { get; init; }
    [Id(2)] public required string Scope { get; init; }
    [Id(3)] public required Unit Unit { get; init; }
    [Id(4)] public required BudgetStatus Status { get; init; }
    [Id(5)] public required long OverdraftLimit { get; init; }
    [Id(6)] public OveragePolicy? CommitOveragePolicy { get; init; }
    [Id(7)] public RolloverPolicy RolloverPolicy { get; init; }
    [Id(8)] public DateTimeOffset? PeriodStart { get; init; }
    [Id(9)] public DateTimeOffset? PeriodEnd { get; init; }
    [Id(10)] public RawJsonObject? Metadata { get; init; }
    [Id(11)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(12)] public DateTimeOffset? UpdatedAt { get; init; }
    [Id(20)] public DateTimeOffset? ClosedAt { get; init; }
#pragma warning restore CS1591

    /// <summary>How its periods follow each other; null when the present one is not followed by others of its kind.</summary>
    [Id(13)]
    public Recurrence? Recurrence { get; init; }

    /// <summary>A moment from which the periods are counted; null for the calendar's.</summary>
    [Id(14)]
    public DateTimeOffset? PeriodAnchor { get; init; }

    /// <summary>What a period begins with, before what is carried over; null when the budget has no period, or is older than this member.</summary>
    [Id(15)]
    public long? PeriodAllocated { get; init; }
}
