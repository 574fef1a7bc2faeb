using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
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

    /// <summary>Reads days again that have fewer entries in the index than the store had when they were counted. The index asks itself.</summary>
    [Alias("verify"), ResponseTimeout("00:05:00")]
    ValueTask Verify([Immutable] DayCount[] counts);
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
/// <param name="LogId">The id.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-hit")]
internal readonly record struct AuditHit(
    [property: Id(0)] string TenantId, [property: Id(1)] string Day, [property: Id(2)] string LogId);

/// <summary>How many entries a tenant's day had in the store.</summary>
/// <param name="TenantId">The tenant, or a sentinel.</param>
/// <param name="Day">The day; see <see cref="AuditDays"/>.</param>
/// <param name="Entries">How many.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-day-count")]
internal readonly record struct DayCount([property: Id(0)] string TenantId, [property: Id(1)] int Day, [property: Id(2)] long Entries);
