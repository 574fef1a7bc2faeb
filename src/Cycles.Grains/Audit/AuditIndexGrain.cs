using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Feed;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Audit.Search;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Errors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cycles.Grains.Audit;

// One index of all tenants: what a dashboard asks first has no tenant, and a merge of thousands of indexes would have to prove of each what
// this one proves once.
//
// Why a page misses nothing that was acknowledged before it was asked for:
//
// 1. Counting is the proof. The log only grows, an entry's id is in one place, and everything here comes from the store. So where a tenant's day
//    has as many entries here as in the store, it has the same ones. A day that differs is read again. The first load is the same
//    comparison with nothing here yet (CompareAsync).
// 2. Between two counts the feeds tell what is new. Every silo hands its entries to its feed after they are durable and before their change is
//    answered; each page first reads on in the feeds of all silos, which the membership table itself names (no silo writes before it is
//    in there). Positions are taken before counting: what a feed had not told by then was durable by then, and was counted.
// 3. Whatever could break the chain is counted again. All tenants: when a silo is gone or does not answer, is new, or its feed has moved on too
//    far or started again. One tenant: when another activation of its ledger has taken the fence, or a write is in doubt. The ledger says so
//    in the feed before it writes; from then on no older writer can write, and what it had written is in the store.
// 4. What is left is a writer that its cluster has given up, and whose tenant nobody has taken over. It is found by a count of the last two days
//    that goes on beside the pages, some ten seconds later. That count also meets entries that the store shows and that are not durable yet,
//    whose silo tells of them a moment later: only what stays untold is a fault (UntoldEntries, event 1303).
//
// Where nobody asks, nothing of this happens: after ten minutes the index goes, and the feeds keep nothing.
[CollectionAgeLimit(Minutes = 10)]
internal sealed partial class AuditIndexGrain(
    RedisStore store,
    StoreClock clock,
    IMembershipTable membership,
    AuditFeedClient feeds,
    TimeProvider time,
    IOptions<StoreOptions> options,
    ILogger<AuditIndexGrain> logger) : Grain, IAuditIndexGrain
{
    private const int VerifiedAtOnce = 1000;

    // More missing entries than this are sorted in, fewer are put in their places.
    private const int MostInserted = 256;

    private static readonly TimeSpan VerifyEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RoundEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan VerifyFor = TimeSpan.FromMinutes(1);

    // The group commit gives a batch up after two timeouts at the latest, and its ledger then says that its tenant is to be counted.
    private const int TellWithinTimeouts = 3;

    private readonly AuditStoreReader _reader = new(store, logger);
    private readonly UntoldEntries _untold = new(time);
    private readonly ClusterFeeds _feeds = new(feeds.ReadAsync);
    private AuditIndex? _index;
    private int _evictedOn;
    private long _queriedAt;
    private Queue<string> _unverified = [];
    private int _trimmedOn;
    private bool _isTrimming;
    private long _roundAt;

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
        var index = _index!;
        var rows = new AuditSearch(index, query, retention).Find(after);
        var page = rows[..Math.Min(rows.Count, query.Limit)];
        return new AuditHits(
            null,
            [.. page.Select(row => HitOf(index, row))],
            rows.Count > page.Count ? CursorAt(index, query, page[^1]) : null);
    }

    public async ValueTask Verify(DayCount[] counts)
    {
        if (_index is null)
        {
            return;
        }

        await CatchUpAsync();
        var missing = counts.Where(day => day.Entries > _index!.CountOf(day.TenantId, day.Day)).Select(day => (day.TenantId, day.Day));
        await CompareAsync([.. missing], _untold.Found);
        if (_untold.TakeOverdue(options.Value.Timeout * TellWithinTimeouts) is var overdue and > 0)
        {
            LogUntold(logger, overdue);
        }
    }

    private async Task CatchUpAsync()
    {
        // Whatever goes wrong before it is accepted, the next page counts.
        var news = await _feeds.ReadAsync(await ReadSilosAsync());
        if (_index is not null && news.IsWhole)
        {
            _index.Insert(news.Rows);
            _untold.Told(news);
            await CompareAsync(news.Doubtful);
        }
        else
        {
            var started = time.GetTimestamp();
            _untold.Clear();
            await CompareAsync(await _reader.ReadTenantsAsync());
            LogCounted(logger, _index!.Count, (long)time.GetElapsedTime(started).TotalMilliseconds);
        }

        _feeds.Accept(news);
    }

    /// <summary>All silos that may write. From the table itself: what a silo believes of the others may be some seconds old.</summary>
    private async Task<SiloAddress[]> ReadSilosAsync() =>
    [
        .. (await membership.ReadAllAsync(CancellationToken.None)).Members
            .Select(member => member.Item1)
            .Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .Select(member => member.SiloAddress),
    ];

    private async Task CompareAsync(IReadOnlyCollection<string> tenantIds)
    {
        var retention = AuditRetention.At(clock.Now, options.Value);
        var days = await _reader.ReadDaysAsync(tenantIds);
        await CompareAsync(days.FindAll(day => retention.ShowsDay(day.TenantId, day.Day)));
    }

    /// <summary>Makes these days the same as in the store.</summary>
    /// <param name="days">The days.</param>
    /// <param name="found">Is told of each entry that was not here.</param>
    private async Task CompareAsync(List<(string TenantId, int Day)> days, Action<AuditRow>? found = null)
    {
        _index ??= new AuditIndex();

        // With nothing here every day differs: a store that has a day on disk would read it once to count and again to read.
        var stored = _index.Count == 0 ? days.ConvertAll(_ => long.MaxValue) : await _reader.CountAsync(days);
        var different = days.Zip(stored).Where(day => day.Second != _index.CountOf(day.First.TenantId, day.First.Day)).ToArray();
        if (different.Length == 0)
        {
            return;
        }

        // Fewer than known: the store has let the day go, or has lost its last moments in a crash.
        var lost = different.Where(day => day.Second < _index.CountOf(day.First.TenantId, day.First.Day)).Select(day => day.First).ToHashSet();
        if (lost.Count > 0)
        {
            _index = _index.Where((tenantId, day) => !lost.Contains((tenantId, day)));
        }

        var isLoad = _index.Count == 0 || different.Sum(day => day.Second - _index.CountOf(day.First.TenantId, day.First.Day)) > MostInserted;
        var sorted = _index.Count;
        try
        {
            await foreach (var chunk in _reader.ReadAsync(Array.ConvertAll(different, day => day.First)))
            {
                _index.SetUnreadable(chunk.TenantId, chunk.Day, chunk.Unreadable);
                if (found is not null)
                {
                    chunk.Rows.FindAll(row => !_index.Has(row, isLoad ? sorted : _index.Count)).ForEach(found);
                }

                if (isLoad)
                {
                    _index.AddUnsorted(chunk.Rows);
                }
                else
                {
                    _index.Insert(chunk.Rows);
                }
            }

            if (isLoad)
            {
                _index.Sort();
            }
        }
        catch (Exception)
        {
            // Half of a load is in no order.
            _index = null;
            throw;
        }
    }

    /// <summary>
    /// Counts a thousand tenants' last two days at a time, round and round while somebody reads. Once a day it also takes away the days that
    /// their retention has left empty: nobody else is slowed by them. Pages do not wait for the counting, only for what is to be read again.
    /// </summary>
    private async Task VerifyAsync(CancellationToken cancellation)
    {
        if (_index is null || time.GetElapsedTime(_queriedAt) > VerifyFor)
        {
            return;
        }

        var today = AuditDays.NumberOf(clock.Now);
        if (_unverified.Count == 0)
        {
            if (time.GetElapsedTime(_roundAt) < RoundEvery)
            {
                return;
            }

            _roundAt = time.GetTimestamp();
            _unverified = new Queue<string>(await _reader.ReadTenantsAsync());

            // The first round of a day, and of an index that has just begun to live.
            _isTrimming = _trimmedOn != today;
            _trimmedOn = today;
        }

        var tenants = new List<string>();
        var days = new List<(string TenantId, int Day)>();
        while (tenants.Count < VerifiedAtOnce && _unverified.TryDequeue(out var tenantId))
        {
            tenants.Add(tenantId);
            days.Add((tenantId, today));
            days.Add((tenantId, today - 1));
        }

        if (_isTrimming)
        {
            var retention = AuditRetention.At(clock.Now, options.Value);
            await _reader.TrimDaysAsync(tenants, (tenantId, day) => !retention.ShowsDay(tenantId, day));
        }

        // Counted first: what is durable by now is in the feeds a moment later, and what is not there is what this looks for.
        var stored = await _reader.CountAsync(days);
        await this.AsReference<IAuditIndexGrain>().Verify([.. days.Zip(stored, (day, entries) => new DayCount(day.TenantId, day.Day, entries))]);
    }

    /// <summary>Drops the days that are past their retention, when a new day has begun.</summary>
    private AuditRetention Evict()
    {
        var now = clock.Now;
        var retention = AuditRetention.At(now, options.Value);
        if (_evictedOn != AuditDays.NumberOf(now))
        {
            _evictedOn = AuditDays.NumberOf(now);
            if (_index!.Days.Any(day => !retention.ShowsDay(day.TenantId, day.Day)))
            {
                _index = _index.Where(retention.ShowsDay);
            }
        }

        return retention;
    }

    private static AuditHit HitOf(AuditIndex index, int row)
    {
        var key = index.KeyOf(row);
        return new AuditHit(
            index.Texts(AuditField.Tenant).ToText(index.Values(AuditField.Tenant)[row]),
            AuditDays.ToText(AuditDays.NumberOf(DateTimeOffset.FromUnixTimeMilliseconds(key.TimeMs))),
            AuditLogIds.Format(key.Id));
    }

    private static string CursorAt(AuditIndex index, AuditQuery query, int row) => AuditCursor.Format(
        query,
        index.KeyOf(row),
        AuditSearch.FieldOf(query.SortBy) is { } field ? index.Texts(field).ToText(index.Values(field)[row]) : string.Empty);

    [LoggerMessage(EventId = 1302, Level = LogLevel.Information, Message = "The audit index has counted all entries: {Count}, in {ElapsedMs} ms")]
    private static partial void LogCounted(ILogger logger, int count, long elapsedMs);

    [LoggerMessage(
        EventId = 1303, Level = LogLevel.Warning, Message = "The audit index has found {Entries} entries in the store that no silo has told of; pages were without them for some seconds")]
    private static partial void LogUntold(ILogger logger, int entries);
}
