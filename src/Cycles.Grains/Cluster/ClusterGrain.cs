using Cycles.Grains.Store;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Tenants;
using StackExchange.Redis;

namespace Cycles.Grains.Cluster;

internal sealed class ClusterGrain(RedisStore store, StoreClock clock) : Grain, IClusterGrain
{
    public async ValueTask AddTenant(string tenantId)
    {
        await store.Commits.SortedSetAddAsync(ClusterKeys.Tenants, tenantId, clock.NowMs, SortedSetWhen.NotExists);
        await store.BarrierAsync();
    }

    public async ValueTask<Tenant[]> ListTenants()
    {
        var ids = await store.Database.SortedSetRangeByRankAsync(ClusterKeys.Tenants);
        var records = await Task.WhenAll(ids.Select(id => store.Database.StringGetAsync(new TenantKeys(id!).Tenant)));
        return [.. records.Where(record => record.HasValue).Select(record => TenantRecords.Parse((byte[])record!))];
    }

    public async ValueTask<string> GetOrSetAdminKeyHash(string candidateHash)
    {
        await store.Commits.StringSetAsync(ClusterKeys.AdminKeyHash, candidateHash, when: When.NotExists);
        await store.BarrierAsync();
        return (await store.Database.StringGetAsync(ClusterKeys.AdminKeyHash))!;
    }
}
