using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Audit;

/// <summary>
/// How the audit log stands in the store: a hash for each tenant and day, which the store drops whole when its retention is over, and
/// the days that a tenant has.
/// </summary>
internal static class AuditWrites
{
    /// <summary>The writes of <paramref name="entries"/>, for the transaction of the change that they record.</summary>
    public static IEnumerable<StoreWrite> Of(AuditLogEntry[] entries, StoreOptions options)
    {
        foreach (var entry in entries)
        {
            var keys = new TenantKeys(entry.TenantId);
            var day = Day(entry);
            yield return StoreWrite.SetField(
                keys.Audit(day), entry.LogId, GrainJson.Write(entry, GrainJson.Default.AuditLogEntry), Retention(entry, options) + TimeSpan.FromDays(1));
            yield return StoreWrite.AddMember(keys.AuditDays, day, entry.Timestamp.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Appends a line that belongs to no transaction.</summary>
    public static async Task AppendAsync(RedisStore store, AuditLogEntry entry, StoreOptions options)
    {
        var keys = new TenantKeys(entry.TenantId);
        var day = Day(entry);
        var field = store.Commits.HashSetAsync(keys.Audit(day), entry.LogId, GrainJson.Write(entry, GrainJson.Default.AuditLogEntry));
        var retention = store.Commits.KeyExpireAsync(keys.Audit(day), Retention(entry, options) + TimeSpan.FromDays(1));
        var member = store.Commits.SortedSetAddAsync(keys.AuditDays, day, entry.Timestamp.ToUnixTimeMilliseconds());
        var barrier = store.BarrierAsync();
        await Task.WhenAll(field, retention, member, barrier);
    }

    /// <summary>The day of an entry, UTC: <c>20260401</c>.</summary>
    private static string Day(AuditLogEntry entry) =>
        entry.Timestamp.UtcDateTime.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);

    private static TimeSpan Retention(AuditLogEntry entry, StoreOptions options) =>
        entry.TenantId == AuditLogEntry.UnauthenticatedTenant ? options.UnauthenticatedAuditRetention : options.AuditRetention;
}
