using Cycles.Protocol.Bulk;
using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Bulk;

/// <summary>What a bulk action did.</summary>
/// <param name="TotalMatched">How many matched the filter.</param>
/// <param name="Succeeded">What was changed.</param>
/// <param name="Failed">What was not, and why.</param>
/// <param name="Skipped">Where there was nothing to do.</param>
[GenerateSerializer, Immutable, Alias("cycles.bulk-outcome")]
public sealed record BulkOutcome(
    [property: Id(0)] int TotalMatched,
    [property: Id(1)] BulkActionRowOutcome[] Succeeded,
    [property: Id(2)] BulkActionRowOutcome[] Failed,
    [property: Id(3)] BulkActionRowOutcome[] Skipped);

/// <summary>What a bulk action did, or why it did nothing.</summary>
/// <param name="Problem">Why nothing was changed.</param>
/// <param name="Outcome">What was.</param>
[GenerateSerializer, Immutable, Alias("cycles.bulk-reply")]
public readonly record struct BulkReply([property: Id(0)] Problem? Problem, [property: Id(1)] BulkOutcome? Outcome);
