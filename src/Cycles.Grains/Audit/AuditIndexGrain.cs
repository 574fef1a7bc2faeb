using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Audit.Search;
using Cycles.Grains.Journal;
using Cycles.Grains.Store;
using Cycles.Protocol.Errors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cycles.Grains.Audit;

// One index of all tenants: what a dashboard asks first has no tenant, and a merge of thousands of indexes would have to prove of each what
// this one proves once.
//
// Why a page misses nothing that was acknowledged before it was asked for:
//
// 1. The numbers are the proof. Each tenant's entries are numbered without a gap, an entry and its number are written in one transaction, and only the tenant's ledger
//    writes. So when the index has read up to the head of a tenant's stream, it has all of the tenant's entries (AuditIndexKeeper).
// 2. Between two looks at the heads the silos tell what is new. A ledger tells its entries after they are durable and before their change is
//    answered; each page first reads on in the facts of all silos, which the membership table itself names (no silo writes before it is
//    in there). Positions are taken before the heads are read: what was not told by then was durable by then, and the head counts it.
// 3. Whatever could break the chain makes heads be read again. Of all tenants: when a silo is gone or does not answer, is new, or its feed has moved on too
//    far or started again. Of one tenant: when an entry that is told is not the next one, when another activation of its ledger has taken the fence, or a write is in
//    doubt. The ledger tells that before it writes; from then on no older writer can write, and what it had written is in the store.
// 4. What is left is a writer that its cluster has given up, and whose tenant nobody has taken over. It is found by a look at all heads
//    that goes on beside the pages, some ten seconds later. That look also meets entries that the store shows and that are not durable yet,
//    whose silo tells of them a moment later: only what stays untold is a fault (UntoldEntries, event 1303).
// 5. A store that has forgotten its last moments may give their numbers to other entries. Its next life is told by its incarnation: then all is read anew. What is written before this silo has
//    noticed that is told under numbers that the index has, with ids that it does not: then all of that tenant is read anew.
//
// Where nobody asks, nothing of this happens: after ten minutes the index goes, and the silos keep nothing.
[CollectionAgeLimit(Minutes = 10)]
internal sealed partial class AuditIndexGrain(
    RedisStore store,
    StoreClock clock,
    IMembershipTable membership,
    SiloFactsClient facts,
    TimeProvider time,
    IOptions<StoreOptions> options,
    ILogger<AuditIndexGrain> logger) : Grain, IAuditIndexGrain
{
    private const int VerifiedAtOnce = 1000;

    private static readonly TimeSpan VerifyEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoundEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan VerifyFor = TimeSpan.FromMinutes(1);

    // The group commit gives a batch up after two timeouts at the latest, and its ledger then says that there may be more of its tenant.
    private const int TellWithinTimeouts = 3;

    private readonly AuditStoreReader _reader = new(store, logger);
    private readonly UntoldEntries _untold = new(time);
    private readonly ClusterFacts _facts = new(FactKind.Audit, facts, membership, store, time);
    private AuditIndexKeeper? _kept;
    private int _evictedOn;
    private long _queriedAt;
    private Queue<string> _unverified = [];
    private int _trimmedOn;
    private bool _isTrimming;
    private long _roundAt;

    private AuditIndexKeeper Kept => _kept ??= new AuditIndexKeeper(_reader, () => clock.Now, () => AuditRetention.At(clock.Now, options.Value));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(VerifyAsync, new GrainTimerCreationOptions(VerifyEvery, VerifyEvery) { Interleave = true });
        return Task.CompletedTask;
    }

    public async ValueTask<AuditHits> Find(AuditQuery query)
    {
        _queriedAt = time.GetTimestamp();
        (RowKey Key, string Sorted)? after = null;
        if (query.Cursor is { } cursor)
        {
            if (!AuditCursor.TryParse(cursor, query, out var last, out var sorted))
            {
                return new AuditHits(
                    new Problem(ErrorCode.InvalidRequest, "cursor does not belong to this list with these filters and this sort"), [], null);
            }

            after = (last, sorted);
        }

        await CatchUpAsync();
        var retention = Evict();
        var index = Kept.Index;
        var rows = new AuditSearch(index, query, retention).Find(after);
        var page = rows[..Math.Min(rows.Count, query.Limit)];
        return new AuditHits(
            null,
            [.. page.Select(row => HitOf(index, row))],
            rows.Count > page.Count ? CursorAt(index, query, page[^1]) : null);
    }

    public async ValueTask Verify(AuditHead[] heads)
    {
        if (!Kept.IsLoaded)
        {
            return;
        }

        await CatchUpAsync();
        var different = heads.Where(head => head.Number != Kept.NumberOf(head.TenantId)).Select(head => head.TenantId);
        await Kept.CatchUpAsync([.. different], _untold.Found);
        if (_untold.TakeOverdue(options.Value.Timeout * TellWithinTimeouts) is var overdue and > 0)
        {
            LogUntold(logger, overdue);
        }
    }

    private async Task CatchUpAsync()
    {
        // Whatever goes wrong before it is accepted, the next page reads all heads.
        var news = await _facts.ReadAsync();
        if (!news.IsSameStore)
        {
            Kept.Clear();
        }

        if (Kept.IsLoaded && news.IsWhole)
        {
            var behind = Kept.Take(news.Facts);
            _untold.Told(news.Facts);
            await Kept.CatchUpAsync(behind);
        }
        else
        {
            var started = time.GetTimestamp();
            _untold.Clear();
            await Kept.CatchUpAsync(await _reader.ReadTenantsAsync());
            LogRead(logger, Kept.Index.Count, (long)time.GetElapsedTime(started).TotalMilliseconds);
        }

        _facts.Accept(news);
    }

    /// <summary>
    /// Looks at the heads of a thousand tenants at a time, round and round while somebody reads. Once a day it also takes away the days that
    /// their retention has left empty: nobody else is slowed by them. Pages do not wait for the looking, only for what is to be read again.
    /// </summary>
    private async Task VerifyAsync(CancellationToken cancellation)
    {
        if (!Kept.IsLoaded || time.GetElapsedTime(_queriedAt) > VerifyFor)
        {
            return;
        }

        if (_unverified.Count == 0)
        {
            if (time.GetElapsedTime(_roundAt) < RoundEvery)
            {
                return;
            }

            _roundAt = time.GetTimestamp();
            _unverified = new Queue<string>(await _reader.ReadTenantsAsync());

            // The first round of a day, and of an index that has just begun to live.
            var today = JournalDays.NumberOf(clock.Now);
            _isTrimming = _trimmedOn != today;
            _trimmedOn = today;
        }

        var tenants = new List<string>();
        while (tenants.Count < VerifiedAtOnce && _unverified.TryDequeue(out var tenantId))
        {
            tenants.Add(tenantId);
        }

        if (_isTrimming)
        {
            var retention = AuditRetention.At(clock.Now, options.Value);
            await _reader.TrimDaysAsync(tenants, (tenantId, day) => !retention.ShowsDay(tenantId, day));
        }

        // Heads are read before facts: an entry that is durable by then is told a moment later. One that is still untold is what this looks for.
        var heads = await _reader.ReadHeadsAsync(tenants);
        await this.AsReference<IAuditIndexGrain>().Verify([.. tenants.Zip(heads, (tenantId, head) => new AuditHead(tenantId, head))]);
    }

    /// <summary>Drops the days that are past their retention, when a new day has begun.</summary>
    private AuditRetention Evict()
    {
        var now = clock.Now;
        if (_evictedOn != JournalDays.NumberOf(now))
        {
            _evictedOn = JournalDays.NumberOf(now);
            Kept.Evict();
        }

        return AuditRetention.At(now, options.Value);
    }

    private static AuditHit HitOf(AuditIndex index, int row)
    {
        var key = index.KeyOf(row);
        return new AuditHit(
            index.Texts(AuditField.Tenant).ToText(index.Values(AuditField.Tenant)[row]),
            JournalDays.ToText(JournalDays.NumberOf(DateTimeOffset.FromUnixTimeMilliseconds(key.TimeMs))),
            index.NumberOf(row),
            AuditLogIds.Format(key.Id));
    }

    private static string CursorAt(AuditIndex index, AuditQuery query, int row) => AuditCursor.Format(
        query,
        index.KeyOf(row),
        AuditSearch.FieldOf(query.SortBy) is { } field ? index.Texts(field).ToText(index.Values(field)[row]) : string.Empty);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Information, Message = "The audit index has read all entries: {Count}, in {ElapsedMs} ms")]
    private static partial void LogRead(ILogger logger, int count, long elapsedMs);

    [LoggerMessage(
        EventId = 1303, Level = LogLevel.Warning, Message = "The audit index has found {Entries} entries in the store that no silo has told of; pages were without them for some seconds")]
    private static partial void LogUntold(ILogger logger, int entries);
}
