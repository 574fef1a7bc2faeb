namespace Cycles.Protocol.Bulk;

/// <summary>What became of one row of a bulk action (schema <c>BulkActionRowOutcome</c>).</summary>
[GenerateSerializer, Immutable, Alias("cycles.bulk-row-outcome")]
public sealed record BulkActionRowOutcome
{
    /// <summary>The tenant's or the budget ledger's id.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Only of failed rows: see <see cref="BulkRowCodes"/>, or an error code of the protocol.</summary>
    [Id(1)]
    public string? ErrorCode { get; init; }

    /// <summary>Only of failed rows: words for operators.</summary>
    [Id(2)]
    public string? Message { get; init; }

    /// <summary>Only of skipped rows: see <see cref="BulkRowCodes"/>.</summary>
    [Id(3)]
    public string? Reason { get; init; }
}
