using Cycles.Grains.Audit;
using Cycles.Grains.Keys;
using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Keys;

namespace Cycles.Grains.Tenants;

// The tenant's API keys.
internal sealed partial class TenantGrain
{
    public ValueTask<ApiKeyCreateReply> CreateKey(Origin origin, ApiKeyCreateRequest request) => ChangeAsync(async () =>
    {
        if (CheckOwner() is { } problem)
        {
            return new ApiKeyCreateReply(problem, null);
        }

        var secret = ApiKeySecrets.Create();
        var record = TenantChanges.CreateKey(TenantId, secret, request, NowAfter(_state!.Keys.Select(key => key.Key.CreatedAt)));
        await store.Commits.StringSetAsync(ClusterKeys.ApiKeyOwner(record.SecretHash), TenantId);
        await store.BarrierAsync();
        await WriteAsync(
            AuditOf(origin, AuditResources.ApiKey, record.Key.KeyId, creates: true, KeyChanges.Describe(record.Key)), WriteOf(record));
        _state.PutKey(record);
        return new ApiKeyCreateReply(null, new ApiKeyCreateResponse
        {
            KeyId = record.Key.KeyId,
            KeySecret = secret,
            KeyPrefix = record.Key.KeyPrefix,
            TenantId = TenantId,
            Permissions = record.Key.Permissions,
            CreatedAt = record.Key.CreatedAt,
            ExpiresAt = record.Key.ExpiresAt,
        });
    });

    public async ValueTask<ApiKey[]> ListKeys()
    {
        await LoadedAsync();
        return _state is null ? [] : [.. _state.Keys.Select(record => TenantChanges.AsOf(record.Key, clock.Now))];
    }

    public ValueTask<ApiKeyReply> RevokeKey(Origin origin, string keyId, string? reason) => ChangeAsync(async () =>
    {
        if (_state?.FindKey(keyId) is not { } record)
        {
            return new ApiKeyReply(KeyChanges.NotFound(keyId), null);
        }

        if (CheckOwner() is { } problem)
        {
            return new ApiKeyReply(problem, null);
        }

        if (record.Key.Status == ApiKeyStatus.Revoked)
        {
            return new ApiKeyReply(KeyChanges.Revoked(keyId), null);
        }

        var revoked = TenantChanges.Revoke(record, reason, clock.Now);
        await WriteAsync(
            AuditOf(origin, AuditResources.ApiKey, keyId, metadata: reason is null ? null : new() { ["reason"] = reason }), WriteOf(revoked));
        _state!.PutKey(revoked);
        return await AnswerAsync(revoked.Key);
    });

    public ValueTask<ApiKeyReply> UpdateKey(Origin origin, string keyId, ApiKeyUpdateRequest request) => ChangeAsync(async () =>
    {
        if (_state?.FindKey(keyId) is not { } record)
        {
            return new ApiKeyReply(KeyChanges.NotFound(keyId), null);
        }

        if ((CheckOwner() ?? KeyChanges.CheckUpdate(record.Key, clock.Now)) is { } problem)
        {
            return new ApiKeyReply(problem, null);
        }

        var updated = record with { Key = KeyChanges.Update(record.Key, request) };
        await WriteAsync(
            AuditOf(origin, AuditResources.ApiKey, keyId, metadata: KeyChanges.Describe(record.Key, updated.Key)), WriteOf(updated));
        _state!.PutKey(updated);
        return await AnswerAsync(updated.Key);
    });

    public async ValueTask NoteKeyUse(string keyId)
    {
        try
        {
            await LoadedAsync();
            if (_state?.FindKey(keyId) is not null)
            {
                await _ledger.Commit(new LedgerTransaction { Writes = [KeyUses.WriteOf(Keys, keyId, clock.NowMs)] });
            }
        }
        catch (StoreInDoubtException)
        {
            // The next use is noted, within a minute of this one if it comes.
        }
    }

    public async ValueTask<AuthenticatedKey?> FindKey(string secretHash)
    {
        await LoadedAsync();
        return _state?.FindKeyByHash(secretHash) is { } record && ApiKeySecrets.AreEqual(record.SecretHash, secretHash)
            ? new AuthenticatedKey(TenantChanges.AsOf(record.Key, clock.Now), _state.Tenant.Status)
            : null;
    }

    private async ValueTask<ApiKeyReply> AnswerAsync(ApiKey key) => new(null, await KeyUses.WithUseAsync(store, key));

    private StoreWrite WriteOf(ApiKeyRecord record) =>
        StoreWrite.SetField(Keys.ApiKeys, record.Key.KeyId, GrainJson.Write(record, GrainJson.Default.ApiKeyRecord));
}
