using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Decisions;
using Cycles.Protocol.Reservations;

namespace Cycles.Contracts.Decisions;

/// <summary>The answer to a decide or a dry run as it is kept for replay.</summary>
[GenerateSerializer, Immutable, Alias("cycles.evaluation")]
public sealed record EvaluationRecord
{
    /// <summary>The canonical hash of the body.</summary>
    [Id(0)]
    public required string PayloadHash { get; init; }

    /// <summary>The decision.</summary>
    [Id(1)]
    public required Decision Decision { get; init; }

    /// <summary>Why it is DENY.</summary>
    [Id(2)]
    public string? ReasonCode { get; init; }

    /// <summary>With ALLOW_WITH_CAPS.</summary>
    [Id(3)]
    public Caps? Caps { get; init; }

    /// <summary>The deepest derived scope.</summary>
    [Id(4)]
    public required string ScopePath { get; init; }

    /// <summary>What would have been held.</summary>
    [Id(5)]
    public required Amount Estimate { get; init; }

    /// <summary>The scopes with a budget, root first.</summary>
    [Id(6)]
    public required string[] Budgeted { get; init; }

    /// <summary>Those budgets as they stood.</summary>
    [Id(7)]
    public required BudgetState[] Balances { get; init; }

    /// <summary>After how long a rate limit would have let it pass, in milliseconds; null when none was in the way.</summary>
    [Id(8)]
    public long? RetryAfterMs { get; init; }
}
