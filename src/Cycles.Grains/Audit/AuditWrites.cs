using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Feed;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
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
            var day = AuditDays.ToText(AuditDays.NumberOf(entry.Timestamp));
            yield return StoreWrite.SetField(
                keys.Audit(day), entry.LogId, GrainJson.Write(entry, GrainJson.Default.AuditLogEntry), Retention(entry, options) + TimeSpan.FromDays(1));
            yield return StoreWrite.AddMember(keys.AuditDays, day, entry.Timestamp.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Appends a line that belongs to no transaction.</summary>
    public static async Task AppendAsync(RedisStore store, AuditFeed feed, AuditLogEntry entry, StoreOptions options)
    {
        var keys = new TenantKeys(entry.TenantId);
        var day = AuditDays.ToText(AuditDays.NumberOf(entry.Timestamp));
        try
        {
            // Before the first entry of a tenant that may not exist: else no reader would find it. And again after it: a name is removed only from a tenant
            // without days, so the name is there when this is answered, at whatever moment it is removed.
            await store.Commits.SetAddAsync(ClusterKeys.AuditTenants, entry.TenantId);
            var field = store.Commits.HashSetAsync(keys.Audit(day), entry.LogId, GrainJson.Write(entry, GrainJson.Default.AuditLogEntry));
            var retention = store.Commits.KeyExpireAsync(keys.Audit(day), Retention(entry, options) + TimeSpan.FromDays(1));
            var member = store.Commits.SortedSetAddAsync(keys.AuditDays, day, entry.Timestamp.ToUnixTimeMilliseconds());
            var name = store.Commits.SetAddAsync(ClusterKeys.AuditTenants, entry.TenantId);
            var barrier = store.BarrierAsync();
            await Task.WhenAll(field, retention, member, name, barrier);
        }
        catch (Exception)
        {
            feed.Doubt(entry.TenantId);
            throw;
        }

        feed.Add([entry]);
    }

    private static TimeSpan Retention(AuditLogEntry entry, StoreOptions options) =>
        entry.TenantId == AuditLogEntry.UnauthenticatedTenant ? options.UnauthenticatedAuditRetention : options.AuditRetention;
}
