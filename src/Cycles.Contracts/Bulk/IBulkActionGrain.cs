using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;

namespace Cycles.Contracts.Bulk;

/// <summary>
/// One bulk action (key: <see cref="BulkCommand.GrainKey"/>, so one for each idempotency key). What it has begun it finishes, whatever crashes.
/// </summary>
[Alias("cycles.bulk-action"), ClientAccess(ClientAccess.Gateways)]
public interface IBulkActionGrain : IGrainWithStringKey
{
    /// <summary>The most rows of one action.</summary>
    const int MostRows = 500;

    /// <summary>
    /// Runs the action, or answers what it did under this key within the last 15 minutes. Refused with IDEMPOTENCY_MISMATCH, TENANT_NOT_FOUND,
    /// LIMIT_EXCEEDED or COUNT_MISMATCH; then nothing was changed.
    /// </summary>
    [Alias("run"), AnyRoute, ResponseTimeout("00:02:00")]
    ValueTask<BulkReply> Run(Origin origin, [Immutable] BulkCommand command);
}
