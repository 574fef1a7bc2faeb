using Cycles.Grains.Store;
using Orleans.Concurrency;

namespace Cycles.Grains.Cluster;

[StatelessWorker(1), Reentrant]
internal sealed class HealthGrain(RedisStore store) : Grain, IHealthGrain
{
    public async ValueTask Check() => await store.Database.PingAsync();
}
