using Cycles.Contracts.Audit;
using Cycles.Protocol.Errors;

namespace Cycles.Grains.Audit;

/// <summary>
/// The index of the whole cluster's audit log (key: 0), in memory while somebody reads the log. It says which entries a page has; the
/// entries themselves are read by <see cref="IAuditLogGrain"/>.
/// </summary>
[Alias("cycles.audit-index"), ClientAccess(ClientAccess.None)]
internal interface IAuditIndexGrain : IGrainWithIntegerKey
{
    /// <summary>The entries of a page, among them everything that was acknowledged before the call.</summary>
    /// <remarks>The first call reads the whole log: some seconds for a million entries.</remarks>
    [Alias("find"), ResponseTimeout("00:05:00")]
    ValueTask<AuditHits> Find([Immutable] AuditQuery query);

    /// <summary>Reads what the index does not have although the store had it when the heads of these streams were read. The index asks itself.</summary>
    [Alias("verify"), ResponseTimeout("00:05:00")]
    ValueTask Verify([Immutable] AuditHead[] heads);
}

/// <summary>Which entries a page has, or why there is none.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Hits">The entries in order.</param>
/// <param name="NextCursor">Where the next page begins, when there is one.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-hits")]
internal sealed record AuditHits(
    [property: Id(0)] Problem? Problem, [property: Id(1)] AuditHit[] Hits, [property: Id(2)] string? NextCursor);

/// <summary>Where an entry stands in the store.</summary>
/// <param name="TenantId">The tenant, or a sentinel.</param>
/// <param name="Day">The day, UTC: <c>20260401</c>.</param>
/// <param name="Number">The number in the tenant's stream.</param>
/// <param name="LogId">The id.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-hit")]
internal readonly record struct AuditHit(
    [property: Id(0)] string TenantId, [property: Id(1)] string Day, [property: Id(2)] long Number, [property: Id(3)] string LogId);

/// <summary>How far a tenant's audit log went in the store.</summary>
/// <param name="TenantId">The tenant, or a sentinel.</param>
/// <param name="Number">The number of the last entry.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-head")]
internal readonly record struct AuditHead([property: Id(0)] string TenantId, [property: Id(1)] long Number);
