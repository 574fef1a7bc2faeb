using Cycles.Contracts.Audit;
using Cycles.Grains.Journal;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;
using Orleans.Concurrency;
using StackExchange.Redis;

namespace Cycles.Grains.Audit;

// Pages are independent of each other: only finding out what is on one takes turns, in the index.
[StatelessWorker, Reentrant]
internal sealed class AuditLogGrain(RedisStore store, RecentEntries recent, IGrainFactory grains) : Grain, IAuditLogGrain
{
    public async ValueTask<AuditPage> Query(AuditQuery query)
    {
        var found = await grains.GetGrain<IAuditIndexGrain>(0).Find(query);
        var entries = await ReadAsync(found.Hits);
        await store.ConfirmAsync();

        // The index knows 64 bits of a request id.
        return new AuditPage(
            found.Problem,
            [.. entries.OfType<AuditLogEntry>().Where(entry => query.RequestId is null || entry.RequestId == query.RequestId)],
            found.NextCursor);
    }

    /// <returns>The entries in the order of the hits; null for those that the store has let go meanwhile.</returns>
    private async Task<AuditLogEntry?[]> ReadAsync(AuditHit[] hits)
    {
        var entries = Array.ConvertAll(hits, hit => recent.Find(hit.LogId));
        var missing = Enumerable.Range(0, hits.Length).Where(i => entries[i] is null);
        await Task.WhenAll(missing.GroupBy(i => (hits[i].TenantId, hits[i].Day)).Select(async day =>
        {
            var places = day.ToArray();
            var values = await store.Database.HashGetAsync(
                new TenantKeys(day.Key.TenantId).Journal(JournalStream.Audit.ToKey(), day.Key.Day),
                Array.ConvertAll(places, place => (RedisValue)hits[place].Number));
            for (var i = 0; i < places.Length; i++)
            {
                // A store that has forgotten its last moments may have given the number to another.
                if (values[i].HasValue
                    && GrainJson.Read((byte[])values[i]!, GrainJson.Default.AuditLogEntry) is var entry
                    && entry.LogId == hits[places[i]].LogId)
                {
                    entries[places[i]] = entry;
                    recent.Add(entry);
                }
            }
        }));
        return entries;
    }
}
