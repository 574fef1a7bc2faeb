using System.Text.Json.Serialization;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Budgets;

/// <summary>Body of PUT /v1/x-cycles/budgets/period: makes the periods of a budget recur.</summary>
public sealed record BudgetPeriodRequest
{
    /// <summary>How they follow each other.</summary>
    public required Recurrence Recurrence { get; init; }

    /// <summary>
    /// A moment at which a period begins, to the millisecond, at most ten years ahead. When absent: midnight UTC, for weeks on Monday,
    /// for months on the 1st. When it lies ahead, the present period ends there.
    /// </summary>
    [JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>What every following period begins with, in the budget's unit; what it was, when absent, and at first what is allocated now.</summary>
    public Amount? Allocated { get; init; }

    /// <summary>What becomes of what a period leaves unused; unchanged when absent.</summary>
    public RolloverPolicy? RolloverPolicy { get; init; }
}

/// <summary>The period of a budget: answer to PUT and GET /v1/x-cycles/budgets/period.</summary>
public sealed record BudgetPeriod
{
    /// <summary>The budget's id.</summary>
    public required string LedgerId { get; init; }

    /// <summary>Whose budget it is.</summary>
    public required string TenantId { get; init; }

    /// <summary>The budget's scope.</summary>
    public required string Scope { get; init; }

    /// <summary>The budget's unit.</summary>
    public required Unit Unit { get; init; }

    /// <summary>How its periods follow each other; absent when the present one is not followed by others of its kind.</summary>
    public Recurrence? Recurrence { get; init; }

    /// <summary>The moment from which the periods are counted, where one was given.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>What every following period begins with, before what is carried over.</summary>
    public required Amount Allocated { get; init; }

    /// <summary>What becomes of what a period leaves unused.</summary>
    public required RolloverPolicy RolloverPolicy { get; init; }

    /// <summary>When the present period began.</summary>
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>When it ends; absent when it has no end.</summary>
    public DateTimeOffset? PeriodEnd { get; init; }
}
