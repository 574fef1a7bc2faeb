using Cycles.Contracts.Bulk;
using Cycles.Protocol.Bulk;

namespace Cycles.Grains.Peers;

/// <summary>The three lists of a bulk action's answer.</summary>
internal enum BulkRowKind
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
internal readonly record struct BulkRow([property: Id(0)] BulkRowKind Kind, [property: Id(1)] BulkActionRowOutcome Outcome)
{
    public static BulkRow Succeeded(string id) => new(BulkRowKind.Succeeded, new() { Id = id });

    public static BulkRow Failed(string id, string errorCode, string message) =>
        new(BulkRowKind.Failed, new() { Id = id, ErrorCode = errorCode, Message = message });

    public static BulkRow Skipped(string id) =>
        new(BulkRowKind.Skipped, new() { Id = id, Reason = BulkRowCodes.AlreadyInTargetState });

    /// <summary>What an action with these rows did.</summary>
    public static BulkOutcome ToOutcome(BulkRow[] rows)
    {
        return new(rows.Length, List(BulkRowKind.Succeeded), List(BulkRowKind.Failed), List(BulkRowKind.Skipped));

        BulkActionRowOutcome[] List(BulkRowKind kind) => [.. rows.Where(row => row.Kind == kind).Select(row => row.Outcome)];
    }
}
