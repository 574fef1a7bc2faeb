using Cycles.Contracts.Audit;
using Cycles.Contracts.Bulk;

namespace Cycles.Grains.Records;

/// <summary>
/// A bulk action as it stands in the store: written before its first row, and again with what it did. A crash in between leaves the rows that
/// it was meant for, not those that would match after it.
/// </summary>
internal sealed record BulkRecord
{
    /// <summary>Names this run: what a row has done for it, it does not do again.</summary>
    public required string BulkId { get; init; }

    /// <summary>Who asked.</summary>
    public required Origin Origin { get; init; }

    /// <summary>What was asked.</summary>
    public required BulkCommand Command { get; init; }

    /// <summary>The rows.</summary>
    public required BulkTarget[] Targets { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What it did; null while it runs.</summary>
    public BulkOutcome? Outcome { get; init; }
}
