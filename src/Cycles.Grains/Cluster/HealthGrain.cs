using Cycles.Contracts.Cluster;
using Cycles.Grains.Store;
using Orleans.Concurrency;

namespace Cycles.Grains.Cluster;

[StatelessWorker(1), Reentrant]
internal sealed class HealthGrain(RedisStore store) : Grain, IHealthGrain
{
    public async ValueTask Check()
    {
        store.Persistence.ThrowIfBroken();
        await store.Database.PingAsync();
    }
}
