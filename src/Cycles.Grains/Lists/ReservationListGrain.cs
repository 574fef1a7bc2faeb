using Cycles.Contracts.Addressing;
using Cycles.Contracts.Lists;
using Cycles.Contracts.Reservations;
using Cycles.Grains.History;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Reservations;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Lists;

// Reentrant: a page is read while another waits for the store.
[Reentrant, TenantPlacement]
internal sealed class ReservationListGrain(
    RedisStore store, HistoryCache cache, StoreClock clock, IGrainFactory grains, IOptions<StoreOptions> options, TimeProvider time)
    : Grain, IReservationListGrain
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private LiveReservations _live = null!;
    private HistoryReader _history = null!;
    private TenantKeys _keys;
    private long _queriedAt;

    private string TenantId => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _keys = new TenantKeys(TenantId);
        _live = new LiveReservations(store, grains.Get<ILedgerGrain>(TenantId), _keys);
        _history = new HistoryReader(store, cache, _keys);
        this.RegisterGrainTimer(_ => ForgetAsync(), new GrainTimerCreationOptions(LookEvery, LookEvery));
        return Task.CompletedTask;
    }

    public async ValueTask<ReservationPage> Query(ReservationQuery query)
    {
        _queriedAt = time.GetTimestamp();
        ReservationPlace? after = null;
        if (query.Cursor is { } cursor)
        {
            if (!ReservationCursor.TryParse(cursor, query, out var last))
            {
                return new ReservationPage(
                    new Problem(ErrorCode.InvalidRequest, "cursor does not belong to this list with these filters and this sort"), [], null);
            }

            after = last;
        }

        var page = await Retries.OnFreshStateAsync(() => ReadAsync(query, after));
        await store.ConfirmAsync();
        return page;
    }

    private async ValueTask<ReservationPage> ReadAsync(ReservationQuery query, ReservationPlace? after)
    {
        for (var attempt = 1; ; attempt++)
        {
            await _live.CatchUpAsync();
            var listed = query.IdempotencyKey is { } key ? await FindAsync(query, key, after) : await WalkAsync(query, after);

            // One that is missing went into the history meanwhile, as a rule.
            if (await ReadRecordsAsync(listed.Rows, mayMiss: attempt == 1) is { } records)
            {
                // A record may be a moment newer than its row.
                return new ReservationPage(
                    null,
                    [.. records.Where(record => query.Matches(ReservationRow.Of(record)))],
                    listed.GoesOnAfter is { } place ? ReservationCursor.Format(query, place) : null);
            }
        }
    }

    /// <summary>The one that a key made: its id derives from the key.</summary>
    private async Task<Listed> FindAsync(ReservationQuery query, string key, ReservationPlace? after)
    {
        var id = ReservationId.Derive(TenantId, key).Value;
        var found = after is null ? (ReservationReply?)await grains.GetReservation(id).Get(id) : null;
        return found?.Reservation is { } reservation ? new Listed([new ListedRow(reservation)], null) : new Listed([], null);
    }

    /// <summary>The rows of a page: from those in memory and those in the history, in one order.</summary>
    private async Task<Listed> WalkAsync(ReservationQuery query, ReservationPlace? after)
    {
        // Both at one moment: before anything is waited for.
        var history = query.Status == ReservationStatus.Active ? HistoryManifest.Empty : _live.History;
        var live = new Queue<ReservationIndex.PlacedRow>(_live.Index.Walk(query, after).Where(placed => query.Matches(placed.Row!)).Take(query.Limit + 1));
        var rows = new List<ListedRow>(query.Limit + 1);
        var places = new List<ReservationPlace>(query.Limit + 1);
        var walk = new HistoryWalk(_history, query, after, options.Value, clock.NowMs);
        await foreach (var (place, run, row) in walk.RunAsync(history))
        {
            TakeLive(until: place);
            Add(place, new ListedRow(run, row));
            if (rows.Count > query.Limit)
            {
                break;
            }
        }

        TakeLive(until: walk.StoppedAt);
        return rows.Count > query.Limit
            ? new Listed(rows[..query.Limit], places[query.Limit - 1])
            : new Listed(rows, walk.StoppedAt);

        void TakeLive(ReservationPlace? until)
        {
            while (rows.Count <= query.Limit
                && live.TryPeek(out var next)
                && (until is not { } end || next.Place.CompareTo(end) < 0 == query.Ascending))
            {
                Add(next.Place, new ListedRow(next.Row!.Id));
                live.Dequeue();
            }
        }

        void Add(ReservationPlace place, ListedRow row)
        {
            places.Add(place);
            rows.Add(row);
        }
    }

    /// <summary>The records of rows, without those whose time is over; null when one should have been there.</summary>
    private async Task<List<ReservationRecord>?> ReadRecordsAsync(List<ListedRow> rows, bool mayMiss)
    {
        string[] ids = [.. rows.Where(row => row.Id is not null).Select(row => row.Id!)];
        var past = rows.FindAll(row => row.Run is not null);
        var live = store.Database.StringGetAsync(Array.ConvertAll(ids, id => _keys.Reservation(id)));
        var sealedRecords = await _history.RecordsAsync(past.ConvertAll(row => (row.Run!, row.Row.Place)));
        var values = ids.Zip(await live).ToDictionary(pair => pair.First, pair => (byte[]?)pair.Second);
        var records = new List<ReservationRecord>(rows.Count);
        var at = 0;
        foreach (var row in rows)
        {
            var json = row.Run is not null ? sealedRecords[at++] : row.Id is not null ? values[row.Id] : null;
            var record = row.Record ?? (json is null ? null : GrainJson.Read(json, GrainJson.Default.ReservationSlot).Reservation);
            if (record is null && row.Id is { } id)
            {
                if (mayMiss)
                {
                    return null;
                }

                record = await FindMissingAsync(id);
            }

            if (record is not null)
            {
                records.Add(record);
            }
        }

        return records;
    }

    private async Task<ReservationRecord?> FindMissingAsync(string id)
    {
        var row = _live.Index.Find(id);
        var reply = await grains.GetReservation(id).Get(id);
        if (reply.Reservation is null && _live.Index.Find(id) == row)
        {
            // Its time was over before it went into the history.
            _live.Index.Remove(id);
        }

        return reply.Reservation;
    }

    private Task ForgetAsync()
    {
        if (_live.IsLoaded && time.GetElapsedTime(_queriedAt) > KeepFor)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    /// <summary>A row of a page.</summary>
    private sealed record ListedRow(string? Id, ReservationRecord? Record, RunInfo? Run, HistoryRow Row)
    {
        /// <summary>One whose record has a key of its own.</summary>
        public ListedRow(string id)
            : this(id, null, null, default)
        {
        }

        /// <summary>One whose record was read already.</summary>
        public ListedRow(ReservationRecord record)
            : this(null, record, null, default)
        {
        }

        /// <summary>One in the history.</summary>
        public ListedRow(RunInfo run, HistoryRow row)
            : this(null, null, run, row)
        {
        }
    }

    /// <summary>The rows of a page, and where the next page goes on, when there is one.</summary>
    private sealed record Listed(List<ListedRow> Rows, ReservationPlace? GoesOnAfter);
}
