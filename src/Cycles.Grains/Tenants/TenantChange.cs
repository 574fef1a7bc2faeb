using Cycles.Contracts.Store;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Journal;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Tenants;

/// <summary>One attempt at a change of what the tenant's grain holds: the state that it began on, and how it is written.</summary>
/// <typeparam name="T">What the change answers.</typeparam>
/// <param name="tenantId">The tenant.</param>
/// <param name="ledger">Its ledger.</param>
/// <param name="loaded">The state as it was read, and its epoch.</param>
/// <param name="once">The call that it is an attempt at.</param>
internal sealed class TenantChange<T>(string tenantId, ILedgerGrain ledger, LoadedTenant loaded, Once<T> once)
{
    /// <summary>What the tenant is and owns; null when it does not exist. Changed by the change itself, after it is durable.</summary>
    public TenantState? State
    {
        get => loaded.State;
        set => loaded.State = value;
    }

    /// <summary>Writes the change under the epoch of the state that it began on.</summary>
    /// <param name="answer">What the call is answered, also when only a repetition finds out that this was written.</param>
    /// <param name="audit">What the audit log says of it.</param>
    /// <param name="writes">What is written.</param>
    /// <exception cref="StoreInDoubtException">That state is not the tenant's any more, or the outcome is not known.</exception>
    public ValueTask WriteAsync(T answer, AuditLogEntry[] audit, params StoreWrite[] writes) =>
        CommitAsync(audit, [.. writes, once.Mark(new TenantKeys(tenantId), answer)]);

    /// <summary>The same for one of several transactions of a change, each of which may be repeated.</summary>
    public ValueTask WritePartAsync(AuditLogEntry[] audit, StoreWrite[] writes) => CommitAsync(audit, writes);

    /// <summary>The same, with the tenant's own record.</summary>
    public ValueTask WriteTenantAsync(Tenant tenant, T answer, AuditLogEntry[] audit, params StoreWrite[] more)
    {
        var keys = new TenantKeys(tenantId);
        return CommitAsync(
            audit,
            [StoreWrite.Set(keys.Tenant, TenantRecords.Format(tenant)), .. more, once.Mark(keys, answer)],
            closesTenant: tenant.Status == TenantStatus.Closed);
    }

    private async ValueTask CommitAsync(AuditLogEntry[] audit, StoreWrite[] writes, bool? closesTenant = null)
    {
        var outcome = await ledger.Commit(new LedgerTransaction
        {
            Record = new RecordStake(OpenedTenant.RecordId, loaded.Epoch),
            Writes = writes,
            Facts = [new TenantChanged(FactKind.Tenants, tenantId), .. audit.Select(entry => new AuditFact(entry))],
            AllowedWhenClosed = true,
            ClosesTenant = closesTenant,
        });
        if (outcome != CommitOutcome.Durable)
        {
            throw new StoreInDoubtException($"tenant {tenantId} is stale");
        }
    }
}
