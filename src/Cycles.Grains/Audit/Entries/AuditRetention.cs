using Cycles.Grains.Store;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Audit.Entries;

/// <summary>What of the audit log is within its retention at one moment.</summary>
/// <param name="FromMs">The oldest entries, in Unix milliseconds.</param>
/// <param name="UnauthenticatedFromMs">The oldest entries of <see cref="AuditLogEntry.UnauthenticatedTenant"/>.</param>
internal readonly record struct AuditRetention(long FromMs, long UnauthenticatedFromMs)
{
    public static AuditRetention At(DateTimeOffset now, StoreOptions options) => new(
        (now - options.AuditRetention).ToUnixTimeMilliseconds(), (now - options.UnauthenticatedAuditRetention).ToUnixTimeMilliseconds());

    /// <summary>Whether any entry of a tenant's day may be shown.</summary>
    public bool ShowsDay(string tenantId, int day) => day >= AuditDays.NumberOf(DateTimeOffset.FromUnixTimeMilliseconds(
        tenantId == AuditLogEntry.UnauthenticatedTenant ? UnauthenticatedFromMs : FromMs));
}
