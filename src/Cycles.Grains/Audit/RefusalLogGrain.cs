using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Store;
using Orleans.Concurrency;

namespace Cycles.Grains.Audit;

// Lines are independent of each other: as many at once as come.
[StatelessWorker, Reentrant]
internal sealed class RefusalLogGrain(RedisStore store, StoreClock clock, IGrainFactory grains) : Grain, IRefusalLogGrain
{
    public async ValueTask RecordFailure(Origin origin, AuditFailure failure)
    {
        var entry = AuditEntries.Failed(
            origin,
            failure.TenantId,
            clock.Now,
            failure.Status,
            failure.ErrorCode,
            new() { ["method"] = failure.Method, ["path"] = failure.Path, ["error_message"] = failure.Message }) with
        {
            ResourceType = failure.ResourceType,
            ResourceId = failure.ResourceId,
        };
        await new AuditAppends(store, grains).AppendAsync(entry);
    }
}
