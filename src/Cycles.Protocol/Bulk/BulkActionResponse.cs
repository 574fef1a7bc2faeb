namespace Cycles.Protocol.Bulk;

/// <summary>Answer to a bulk action (schemas <c>TenantBulkActionResponse</c>, <c>BudgetBulkActionResponse</c>).</summary>
/// <typeparam name="TAction">The actions.</typeparam>
public sealed record BulkActionResponse<TAction>
    where TAction : struct, Enum
{
    /// <summary>The request's action.</summary>
    public required TAction Action { get; init; }

    /// <summary>How many matched the filter.</summary>
    public required int TotalMatched { get; init; }

    /// <summary>What was changed.</summary>
    public required IReadOnlyList<BulkActionRowOutcome> Succeeded { get; init; }

    /// <summary>What was not, and why.</summary>
    public required IReadOnlyList<BulkActionRowOutcome> Failed { get; init; }

    /// <summary>Where there was nothing to do.</summary>
    public required IReadOnlyList<BulkActionRowOutcome> Skipped { get; init; }

    /// <summary>The request's key.</summary>
    public required string IdempotencyKey { get; init; }
}
