using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Transactions;
using Cycles.Grains.Waits;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Tenants;

// How the tenant ends. What it owns is ended by its ClosingGrain.
internal sealed partial class TenantGrain
{
    private const int KeysAtOnce = 100;

    // The closing's grain calls this one too: a deactivation of it must not hold this one up.
    private static readonly TimeSpan ArmPatience = TimeSpan.FromSeconds(5);

    // What a close waits for what it ends; the rest of a big tenant goes on without the caller.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    public async ValueTask<TenantClose?> GetClose() => (await LoadedAsync()).State?.Close;

    public ValueTask<int> RevokeKeys(TenantClose close) => ChangeAsync<int>(async change =>
    {
        var revoked = 0;
        var now = clock.Now;
        var active = change.State!.Keys.Where(record => TenantChanges.AsOf(record.Key, now).Status == ApiKeyStatus.Active).ToArray();
        foreach (var batch in active.Chunk(KeysAtOnce))
        {
            var records = Array.ConvertAll(batch, record => TenantChanges.Revoke(record, TenantEnd.Reason, now));
            await change.WritePartAsync(
                Array.ConvertAll(batch, record => CascadeEntries.Of(close, record, now)), Array.ConvertAll(records, WriteOf));
            Array.ForEach(records, change.State.PutKey);
            revoked += records.Length;
        }

        return revoked;
    });

    public ValueTask<bool> FinishClose() => ChangeAsync<bool>(async change =>
    {
        if (change.State is not { Close: { EndedAt: null } close } state)
        {
            return false;
        }

        var ended = close with { EndedAt = clock.Now };
        await change.WriteAsync(true, [], WriteOf(ended));
        state.Close = ended;
        return true;
    });

    /// <summary>
    /// Writes the tenant's record. When that makes it CLOSED, the same transaction says that what it owns must end, and before it the
    /// reminder is there that sees to it: from the moment of the flip on, somebody will.
    /// </summary>
    /// <param name="change">The change that this is.</param>
    /// <param name="state">The tenant as it is.</param>
    /// <param name="tenant">The tenant as it is to be.</param>
    /// <param name="answer">What the call is answered.</param>
    /// <param name="origin">Who asked.</param>
    /// <param name="isAudited">Whether it has a line of its own in the audit log; rows of bulk actions have not.</param>
    /// <param name="more">What else belongs to the change.</param>
    private async ValueTask PutAsync<T>(
        TenantChange<T> change, TenantState state, Tenant tenant, T answer, Origin origin, bool isAudited, params StoreWrite[] more)
    {
        var close = state.Close;
        StoreWrite[] intent = [];
        var audit = AuditOf(origin, AuditResources.Tenant, TenantId, metadata: TenantChanges.Describe(state.Tenant, tenant));
        if (tenant.Status == TenantStatus.Closed && close is null)
        {
            close = new TenantClose { TenantId = TenantId, Origin = origin, ClosedAt = tenant.ClosedAt ?? clock.Now };
            intent = [WriteOf(close)];
            audit = CascadeEntries.Of(close, state.Tenant, clock.Now);
            await grains.Get<IClosingGrain>(TenantId).Arm().WithinAsync(ArmPatience, "the reminder of the close cannot be registered");
        }

        await change.WriteAsync(answer, isAudited ? [audit] : [], [StoreWrite.Set(Keys.Tenant, TenantRecords.Format(tenant)), .. intent, .. more]);
        (state.Tenant, state.Close) = (tenant, close);
    }

    /// <summary>Ends what the closed tenant owns, as far as that takes no longer than the caller should wait.</summary>
    /// <returns>Whether it goes on.</returns>
    private async ValueTask<bool> IsCascadingAsync()
    {
        try
        {
            return !await grains.Get<IClosingGrain>(TenantId).Drive(ClosePatience);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // The close is durable, and its reminder sees to the rest.
            return true;
        }
    }

    /// <summary>After a crash the first request for the tenant continues the cascade, without waiting for the reminder.</summary>
    private async ValueTask ResumeCloseAsync(LoadedTenant loaded)
    {
        if (loaded.State?.Close is { EndedAt: null })
        {
            await grains.Get<IClosingGrain>(TenantId).Wake();
        }
    }

    private StoreWrite WriteOf(TenantClose close) => StoreWrite.Set(Keys.Close, GrainJson.Write(close, GrainJson.Default.TenantClose));
}
