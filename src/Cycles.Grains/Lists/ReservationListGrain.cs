using Cycles.Grains.Addressing;
using Cycles.Grains.Ledger;
using Cycles.Grains.Placement;
using Cycles.Grains.Reservations;
using Cycles.Grains.Store;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Orleans.Concurrency;
using StackExchange.Redis;

namespace Cycles.Grains.Lists;

// Reentrant: changes go on coming in while the index is built and while a query reads its page.
[Reentrant, TenantPlacement]
internal sealed class ReservationListGrain(RedisStore store, IGrainFactory grains, TimeProvider time) : Grain, IReservationListGrain
{
    private const int ReadBatch = 500;

    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(10);

    private ReservationIndex? _index;
    private List<ReservationRow> _whileLoading = [];
    private RowFeed _seen;
    private Task? _loading;
    private long _queriedAt;

    private string TenantId => this.GetPrimaryKeyString();

    public async ValueTask<ReservationPage> Query(ReservationQuery query)
    {
        _queriedAt = time.GetTimestamp();
        ReservationRow? after = null;
        if (query.Cursor is { } cursor && !ReservationCursor.TryParse(cursor, query, out after))
        {
            return new ReservationPage(
                new Problem(ErrorCode.InvalidRequest, "cursor does not belong to this list with these filters and this sort"), [], null);
        }

        await CatchUpAsync();
        var page = await ReadPageAsync(query, after);
        await store.ConfirmAsync();
        return page;
    }

    public ValueTask<bool> Put(RowFeed feed, ReservationRow row)
    {
        if (_index is null && _loading is null)
        {
            return new(false);
        }

        if (_index is not null && time.GetElapsedTime(_queriedAt) > KeepFor)
        {
            _index = null;
            DeactivateOnIdle();
            return new(false);
        }

        if (feed.Source != _seen.Source || feed.Sequence != _seen.Sequence + 1)
        {
            // A change went past: the next query builds anew.
            _seen = default;
            return new(true);
        }

        _seen = feed;
        if (_index is { } index)
        {
            index.Put(row);
        }
        else
        {
            _whileLoading.Add(row);
        }

        return new(true);
    }

    private async ValueTask<ReservationPage> ReadPageAsync(ReservationQuery query, ReservationRow? after)
    {
        var index = _index!;
        var rows = new List<ReservationRow>(query.Limit + 1);
        if (query.IdempotencyKey is { } key)
        {
            // The id derives from the key: no walk.
            var row = index.Find(ReservationId.Derive(TenantId, key).Value);
            if (row is not null && query.Matches(row) && after is null)
            {
                rows.Add(row);
            }
        }
        else
        {
            rows.AddRange(index.Walk(query, after).Where(query.Matches).Take(query.Limit + 1));
        }

        var hasMore = rows.Count > query.Limit;
        var page = hasMore ? rows[..query.Limit] : rows;
        var records = await ReadAsync([.. page.Select(row => row.Id)]);
        foreach (var gone in page.Where(row => !records.ContainsKey(row.Id)))
        {
            // Past its retention.
            index.Remove(gone.Id);
        }

        return new ReservationPage(
            null,
            [.. page.Where(row => records.ContainsKey(row.Id)).Select(row => records[row.Id]).Where(Matches)],
            hasMore ? ReservationCursor.Format(query, page[^1]) : null);

        // The record may be a moment newer than its row.
        bool Matches(ReservationRecord record) => query.Matches(ReservationRow.Of(record));
    }

    private async ValueTask CatchUpAsync()
    {
        var ledger = grains.Get<ILedgerGrain>(TenantId);
        for (var attempt = 1; ; attempt++)
        {
            var feed = await Retries.OnFreshStateAsync(ledger.FollowRows);
            if (_index is not null && _seen == feed)
            {
                return;
            }

            if (_index is not null && _seen.Source == feed.Source && _seen.Sequence < feed.Sequence && attempt < Retries.Most)
            {
                // On its way.
                await Retries.PauseAsync(attempt);
                continue;
            }

            await (_loading ??= LoadAsync(feed));
            return;
        }
    }

    private async Task LoadAsync(RowFeed feed)
    {
        _index = null;
        _whileLoading = [];
        _seen = feed;
        try
        {
            var index = new ReservationIndex();
            var ids = await store.Database.SortedSetRangeByRankAsync(new TenantKeys(TenantId).Created);
            foreach (var batch in ids.Chunk(ReadBatch))
            {
                var records = await ReadAsync([.. batch.Select(id => (string)id!)]);
                foreach (var record in records.Values)
                {
                    index.Put(ReservationRow.Of(record));
                }
            }

            _whileLoading.ForEach(index.Put);
            _index = index;
        }
        finally
        {
            _whileLoading = [];
            _loading = null;
        }
    }

    private async Task<Dictionary<string, ReservationRecord>> ReadAsync(string[] ids)
    {
        var keys = new TenantKeys(TenantId);
        var values = await store.Database.StringGetAsync([.. ids.Select(id => keys.Reservation(id))]);
        var records = new Dictionary<string, ReservationRecord>(ids.Length);
        foreach (var value in values)
        {
            if (value.HasValue && GrainJson.Read((byte[])value!, GrainJson.Default.ReservationSlot).Reservation is { } record)
            {
                records[record.Id] = record;
            }
        }

        return records;
    }
}
