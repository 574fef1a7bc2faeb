using Cycles.Contracts.Addressing;
using Cycles.Contracts.Keys;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Store;
using Orleans.Concurrency;

namespace Cycles.Grains.Keys;

[StatelessWorker]
internal sealed class KeyDirectoryGrain(RedisStore store, IGrainFactory grains) : Grain, IKeyDirectoryGrain
{
    public async ValueTask<AuthenticatedKey?> Find(string secretHash)
    {
        var tenantId = (string?)await store.Database.StringGetAsync(ClusterKeys.ApiKeyOwner(secretHash));
        return tenantId is null ? null : await grains.Get<ITenantGrain>(tenantId).FindKey(secretHash);
    }
}
