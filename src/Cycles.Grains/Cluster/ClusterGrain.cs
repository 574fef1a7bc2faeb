using Cycles.Contracts.Cluster;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Grains.Cluster;

internal sealed class ClusterGrain(RedisStore store, StoreClock clock) : Grain, IClusterGrain
{
    public async ValueTask AddTenant(string tenantId)
    {
        await store.Commits.SortedSetAddAsync(ClusterKeys.Tenants, tenantId, clock.NowMs, SortedSetWhen.NotExists);
        await store.BarrierAsync();
    }

    public async ValueTask<string> GetOrSetAdminKeyHash(string candidateHash)
    {
        await store.Commits.StringSetAsync(ClusterKeys.AdminKeyHash, candidateHash, when: When.NotExists);
        await store.BarrierAsync();
        return (await store.Database.StringGetAsync(ClusterKeys.AdminKeyHash))!;
    }
}
