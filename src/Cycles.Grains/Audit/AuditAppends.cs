using Cycles.Contracts.Addressing;
using Cycles.Contracts.Store;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Peers;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
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
        if (await IsListedAsync(entry.TenantId))
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

    /// <summary>Whether readers look for the tenant's entries anyhow.</summary>
    private async Task<bool> IsListedAsync(string tenantId) =>
        tenantId is AuditLogEntry.AdminTenant or AuditLogEntry.UnauthenticatedTenant
        || await store.Database.SortedSetScoreAsync(ClusterKeys.Tenants, tenantId) is not null;

    private async Task CommitAsync(AuditLogEntry entry)
    {
        var ledger = grains.Get<ILedgerGrain>(entry.TenantId);
        var transaction = new LedgerTransaction { Facts = [new AuditFact(entry)], AllowedWhenClosed = true, QuotaUse = QuotaUse.Unmetered };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await ledger.Commit(transaction) == CommitOutcome.Durable)
                {
                    return;
                }
            }
            catch (StoreInDoubtException) when (attempt < Retries.Most)
            {
                // It may be written twice then, under two numbers. It has one id, and is shown once.
            }

            // The ledger was about to end. The next one takes it.
            await Retries.PauseAsync(attempt);
        }
    }
}
