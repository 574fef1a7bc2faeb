using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Contracts.Events;

/// <summary>An event as it is kept; it is also its own idempotency record.</summary>
[GenerateSerializer, Immutable, Alias("cycles.event")]
public sealed record EventRecord
{
    /// <summary>The id.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>The key that made it.</summary>
    [Id(1)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The canonical hash of the body.</summary>
    [Id(2)]
    public required string PayloadHash { get; init; }

    /// <summary>Who acted.</summary>
    [Id(3)]
    public required Subject Subject { get; init; }

    /// <summary>What happened.</summary>
    [Id(4)]
    public required ActionInfo Action { get; init; }

    /// <summary>What it cost.</summary>
    [Id(5)]
    public required Amount Actual { get; init; }

    /// <summary>What every scope was charged.</summary>
    [Id(6)]
    public required long Charged { get; init; }

    /// <summary>The scopes with a budget, root first.</summary>
    [Id(7)]
    public required string[] Budgeted { get; init; }

    /// <summary>Those budgets afterwards.</summary>
    [Id(8)]
    public required BudgetState[] Balances { get; init; }

    /// <summary>By the store's clock, in Unix milliseconds.</summary>
    [Id(9)]
    public required long AtMs { get; init; }

    /// <summary>What the client's clock said, in Unix milliseconds; advisory.</summary>
    [Id(10)]
    public long? ClientTimeMs { get; init; }

    /// <summary>Measurements.</summary>
    [Id(11)]
    public StandardMetrics? Metrics { get; init; }

    /// <summary>Free.</summary>
    [Id(12)]
    public RawJsonObject? Metadata { get; init; }
}
