using Cycles.Contracts.Calls;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Audit;

/// <summary>Reads the audit log (key: 0).</summary>
[Alias("cycles.audit-log"), ClientAccess(ClientAccess.Gateways)]
public interface IAuditLogGrain : IGrainWithIntegerKey
{
    /// <summary>A page, with everything in it that was acknowledged before the call.</summary>
    [Alias("query"), AnyRoute, ResponseTimeout("00:05:00")]
    ValueTask<AuditPage> Query([Immutable] AuditQuery query);
}

/// <summary>A page of the audit log, or why there is none.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Entries">The page.</param>
/// <param name="NextCursor">Where the next page begins, when there is one.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-page")]
public sealed record AuditPage(
    [property: Id(0)] Problem? Problem, [property: Id(1)] AuditLogEntry[] Entries, [property: Id(2)] string? NextCursor);
