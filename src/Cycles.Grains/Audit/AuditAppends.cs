using Cycles.Grains.Addressing;
using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Audit;

/// <summary>Appends lines to the audit log that belong to no change.</summary>
internal sealed class AuditAppends(RedisStore store, IGrainFactory grains)
{
    /// <summary>Appends a line, in a transaction of its own.</summary>
    /// <exception cref="StoreInDoubtException">Whether it was written is not known.</exception>
    /// <exception cref="StoreUnavailableException">It was not.</exception>
    public async Task AppendAsync(AuditLogEntry entry)
    {
        if (entry.TenantId is AuditLogEntry.AdminTenant or AuditLogEntry.UnauthenticatedTenant)
        {
            await CommitAsync(entry);
            return;
        }

        // Before the first entry of a tenant that may not exist: else no reader would find it. And again after it: a name is removed only from a tenant
        // without days, so the name is there when this is answered, at whatever moment it is removed.
        await store.Commits.SetAddAsync(ClusterKeys.AuditTenants, entry.TenantId);
        await CommitAsync(entry);
        var name = store.Commits.SetAddAsync(ClusterKeys.AuditTenants, entry.TenantId);
        var barrier = store.BarrierAsync();
        await Task.WhenAll(name, barrier);
    }

    private async Task CommitAsync(AuditLogEntry entry)
    {
        var ledger = grains.Get<ILedgerGrain>(entry.TenantId);
        var transaction = new LedgerTransaction { Facts = [new AuditFact(entry)], AllowedWhenClosed = true };
        for (var attempt = 1; await ledger.Commit(transaction) != CommitOutcome.Durable; attempt++)
        {
            // The ledger was about to end. The next one takes it.
            await Retries.PauseAsync(attempt);
        }
    }
}
