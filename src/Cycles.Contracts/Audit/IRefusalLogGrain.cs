using Cycles.Contracts.Calls;
using Cycles.Protocol.Audit;

namespace Cycles.Contracts.Audit;

/// <summary>
/// Writes lines of the audit log that belong to no change (key: 0): requests that were refused. Each is a transaction of its own of the tenant's ledger. A change writes its line in the
/// transaction that makes it.
/// </summary>
[Alias("cycles.refusal-log"), ClientAccess(ClientAccess.Gateways)]
public interface IRefusalLogGrain : IGrainWithIntegerKey
{
    /// <summary>Answers when the refusal is on record.</summary>
    /// <param name="origin">Who asked.</param>
    /// <param name="failure">What was refused.</param>
    /// <remarks>With a time of its own: a gateway does not record a refusal again.</remarks>
    [Alias("record-failure"), AnyRoute, ResponseTimeout("00:00:05")]
    ValueTask RecordFailure(Origin origin, [Immutable] AuditFailure failure);
}

/// <summary>A request that was refused.</summary>
/// <param name="TenantId">The tenant that it was about, or a sentinel of <see cref="AuditLogEntry"/>.</param>
/// <param name="Status">The HTTP status that is answered.</param>
/// <param name="ErrorCode">The error code that is answered.</param>
/// <param name="Message">The message that is answered.</param>
/// <param name="Method">The verb.</param>
/// <param name="Path">The path, without its query.</param>
/// <param name="ResourceType">What it was about, where the path says so.</param>
/// <param name="ResourceId">The id in the path.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-failure")]
public sealed record AuditFailure(
    [property: Id(0)] string TenantId,
    [property: Id(1)] int Status,
    [property: Id(2)] string ErrorCode,
    [property: Id(3)] string Message,
    [property: Id(4)] string Method,
    [property: Id(5)] string Path,
    [property: Id(6)] string? ResourceType,
    [property: Id(7)] string? ResourceId);
