using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Feed;
using Cycles.Grains.Store;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Audit;

// Lines are independent of each other: as many at once as come.
[StatelessWorker, Reentrant]
internal sealed class AuditJournalGrain(RedisStore store, AuditFeed feed, StoreClock clock, IOptions<StoreOptions> options) : Grain, IAuditJournalGrain
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
        await AuditWrites.AppendAsync(store, feed, entry, options.Value);
    }
}
