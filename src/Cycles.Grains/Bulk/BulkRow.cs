using Cycles.Protocol.Bulk;

namespace Cycles.Grains.Bulk;

/// <summary>The three lists of a bulk action's answer.</summary>
public enum BulkRowKind
{
    /// <summary>It was changed.</summary>
    Succeeded,

    /// <summary>It was not.</summary>
    Failed,

    /// <summary>There was nothing to do.</summary>
    Skipped,
}

/// <summary>What became of one row, and in which list it stands.</summary>
/// <param name="Kind">The list.</param>
/// <param name="Outcome">What became of it.</param>
[GenerateSerializer, Immutable, Alias("cycles.bulk-row")]
public readonly record struct BulkRow([property: Id(0)] BulkRowKind Kind, [property: Id(1)] BulkActionRowOutcome Outcome)
{
    internal static BulkRow Succeeded(string id) => new(BulkRowKind.Succeeded, new() { Id = id });

    internal static BulkRow Failed(string id, string errorCode, string message) =>
        new(BulkRowKind.Failed, new() { Id = id, ErrorCode = errorCode, Message = message });

    internal static BulkRow Skipped(string id) =>
        new(BulkRowKind.Skipped, new() { Id = id, Reason = BulkRowCodes.AlreadyInTargetState });
}
