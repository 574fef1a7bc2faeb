using Cycles.Contracts.Audit;
using Cycles.Contracts.Keys;
using Cycles.Contracts.Store;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Journal;
using Cycles.Grains.Keys;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Keys;

namespace Cycles.Grains.Tenants;

// The tenant's API keys.
internal sealed partial class TenantGrain
{
    public ValueTask<ApiKeyCreateReply> CreateKey(Origin origin, ApiKeyCreateRequest request)
    {
        // One secret for the call, however often it is tried: each more would be a key that its owner never sees.
        var secret = ApiKeySecrets.Create();
        return ChangeAsync<ApiKeyCreateReply>(async change =>
        {
            if (CheckOwner(change.State) is { } problem)
            {
                return new ApiKeyCreateReply(problem, null);
            }

            var record = TenantChanges.CreateKey(TenantId, secret, request, NowAfter(change.State!.Keys.Select(key => key.Key.CreatedAt)));
            await store.Commits.StringSetAsync(ClusterKeys.ApiKeyOwner(record.SecretHash), TenantId);
            await store.BarrierAsync();
            var reply = new ApiKeyCreateReply(null, new ApiKeyCreateResponse
            {
                KeyId = record.Key.KeyId,
                KeySecret = secret,
                KeyPrefix = record.Key.KeyPrefix,
                TenantId = TenantId,
                Permissions = record.Key.Permissions,
                CreatedAt = record.Key.CreatedAt,
                ExpiresAt = record.Key.ExpiresAt,
            });
            await change.WriteAsync(
                reply, [AuditOf(origin, AuditResources.ApiKey, record.Key.KeyId, creates: true, KeyChanges.Describe(record.Key))], WriteOf(record));
            change.State.PutKey(record);
            return reply;
        });
    }

    public async ValueTask<ApiKey[]> ListKeys()
    {
        return (await LoadedAsync()).State is not { } state ? [] : [.. state.Keys.Select(record => TenantChanges.AsOf(record.Key, clock.Now))];
    }

    public ValueTask<ApiKeyReply> RevokeKey(Origin origin, string keyId, string? reason) => ChangeKeyAsync(async change =>
    {
        if (change.State?.FindKey(keyId) is not { } record)
        {
            return new ApiKeyReply(KeyChanges.NotFound(keyId), null);
        }

        if (CheckOwner(change.State) is { } problem)
        {
            return new ApiKeyReply(problem, null);
        }

        if (record.Key.Status == ApiKeyStatus.Revoked)
        {
            return new ApiKeyReply(KeyChanges.Revoked(keyId), null);
        }

        var revoked = TenantChanges.Revoke(record, reason, clock.Now);
        var reply = new ApiKeyReply(null, revoked.Key);
        await change.WriteAsync(
            reply, [AuditOf(origin, AuditResources.ApiKey, keyId, metadata: reason is null ? null : new() { ["reason"] = reason })], WriteOf(revoked));
        change.State.PutKey(revoked);
        return reply;
    });

    public ValueTask<ApiKeyReply> UpdateKey(Origin origin, string keyId, ApiKeyUpdateRequest request) => ChangeKeyAsync(async change =>
    {
        if (change.State?.FindKey(keyId) is not { } record)
        {
            return new ApiKeyReply(KeyChanges.NotFound(keyId), null);
        }

        if ((CheckOwner(change.State) ?? KeyChanges.CheckUpdate(record.Key, clock.Now)) is { } problem)
        {
            return new ApiKeyReply(problem, null);
        }

        var updated = record with { Key = KeyChanges.Update(record.Key, request) };
        var reply = new ApiKeyReply(null, updated.Key);
        await change.WriteAsync(
            reply, [AuditOf(origin, AuditResources.ApiKey, keyId, metadata: KeyChanges.Describe(record.Key, updated.Key))], WriteOf(updated));
        change.State.PutKey(updated);
        return reply;
    });

    public async ValueTask NoteKeyUse(string keyId)
    {
        try
        {
            if ((await LoadedAsync()).State?.FindKey(keyId) is not null)
            {
                await _ledger.Commit(new LedgerTransaction
                {
                    Writes = [KeyUses.WriteOf(Keys, keyId, clock.NowMs)],
                    Facts = [new TenantChanged(FactKind.Tenants, TenantId)],
                });
            }
        }
        catch (Exception exception) when (exception is StoreInDoubtException or StoreUnavailableException)
        {
            // The next use is noted, within a minute of this one if it comes.
        }
    }

    public async ValueTask<AuthenticatedKey?> FindKey(string secretHash)
    {
        var state = (await LoadedAsync()).State;
        return state?.FindKeyByHash(secretHash) is { } record && ApiKeySecrets.AreEqual(record.SecretHash, secretHash)
            ? new AuthenticatedKey(TenantChanges.AsOf(record.Key, clock.Now), state.Tenant.Status)
            : null;
    }

    /// <summary>Changes a key; the answer also says when it was last used.</summary>
    private async ValueTask<ApiKeyReply> ChangeKeyAsync(Func<TenantChange<ApiKeyReply>, ValueTask<ApiKeyReply>> change)
    {
        var reply = await ChangeAsync(change);
        return reply.Key is { } key ? new ApiKeyReply(null, await KeyUses.WithUseAsync(store, key)) : reply;
    }

    private StoreWrite WriteOf(ApiKeyRecord record) =>
        StoreWrite.SetField(Keys.ApiKeys, record.Key.KeyId, GrainJson.Write(record, GrainJson.Default.ApiKeyRecord));
}
