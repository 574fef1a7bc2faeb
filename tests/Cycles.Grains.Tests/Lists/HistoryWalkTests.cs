using CsCheck;
using Cycles.Contracts.Lists;
using Cycles.Grains.History;
using Cycles.Grains.Lists;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Reservations;
using StackExchange.Redis;

namespace Cycles.Grains.Tests.Lists;

/// <summary>Walks over runs of the history against a list that is sorted and filtered anew for every question.</summary>
public sealed class HistoryWalkTests
{
    private const long NowMs = 1_000_000_000_000;

    private static readonly TenantKeys Keys = new("acme");
    private static readonly StoreOptions Options = new();

    private static readonly Gen<TimeWindow> Window = Gen.Frequency(
        (3, Gen.Const(default(TimeWindow))),
        (1, Gen.Select(Gen.Long[0, 1_000], Gen.Long[0, 1_000]).Select((from, length) => new TimeWindow(NowMs + from, NowMs + from + length))),
        (1, Gen.Long[0, 1_000].Select(from => new TimeWindow(NowMs + from, null))));

    private static readonly Gen<ReservationQuery> Query = Gen.Select(
        Gen.Enum<ReservationSort>(), Gen.Bool, Gen.Int[0, 5], Window, Window, Window, Gen.Int[1, 90], Gen.Int[0, 3]).Select(
        (sort, ascending, status, created, expires, finalized, limit, segment) => new ReservationQuery
        {
            SortBy = sort,
            Ascending = ascending,
            Status = status > 3 ? null : (ReservationStatus)status,
            Created = created,
            Expires = expires,
            Finalized = finalized,
            Limit = limit,
            Segments = segment switch { 0 => ["agent:3"], 1 => ["app:1", "agent:5"], _ => [] },
        });

    private static readonly Gen<World> Worlds = Gen.Select(
        Gen.Int, Gen.Int[1, 4], Gen.Int[1, 700], Gen.OneOfConst(3, 40, 400), Gen.OneOfConst(3, 1_000, 1_000_000)).Select(
        (seed, runs, rows, agents, spread) => new World(seed, runs, rows, agents, spread));

    [Fact]
    public void Pages_one_after_the_other_are_the_whole_list_in_order() => Gen.Select(Worlds, Query, Gen.OneOfConst(true, false, (bool?)null), Gen.OneOfConst(150, 60_000)).Sample(
        (world, query, gathers, mostRows) => Assert.Equal(
            ListModel.Sorted(world.Rows, query).Select(row => IdFilter.KeyOf(row.Id)),
            world.Pages(query, gathers, mostRows)),
        iter: 300);

    [Fact]
    public void What_is_past_its_retention_is_not_shown()
    {
        var world = new World(seed: 1, runs: 2, rows: 300, agents: 3, spread: 1_000);
        var lateMs = NowMs + (long)Options.Retention.TotalMilliseconds + 500;
        var kept = world.Rows.Where(row => row.CreatedAtMs + World.Held > NowMs + 500);

        Assert.Equal(
            ListModel.Sorted(kept, new ReservationQuery()).Select(row => IdFilter.KeyOf(row.Id)),
            world.Pages(new ReservationQuery { Limit = 50 }, null, 60_000, lateMs));
        Assert.Empty(world.Pages(new ReservationQuery { Limit = 50 }, null, 60_000, lateMs + 1_000));
    }

    [Fact]
    public void A_merged_run_is_the_runs_that_it_was_made_of() => Worlds.Sample(
        world => Assert.Equal(
            world.Pages(new ReservationQuery { Limit = 90, SortBy = ReservationSort.ScopePath }, false, 60_000),
            world.Merged().Pages(new ReservationQuery { Limit = 90, SortBy = ReservationSort.ScopePath }, false, 60_000)),
        iter: 30);

    /// <summary>Runs in memory, and the rows that they were made of.</summary>
    private sealed class World
    {
        public const long Held = 1;

        private readonly Dictionary<RedisKey, RedisValue> _keys = [];
        private readonly HistoryCache _cache = new();
        private HistoryManifest _history = HistoryManifest.Empty;

        public World(int seed, int runs, int rows, int agents, int spread)
        {
            var random = new Random(seed);
            for (var run = 0; run < runs; run++)
            {
                Write(Enumerable.Range(0, rows).Select(_ => MakeRow(random, agents, spread)).ToArray());
            }
        }

        public List<ReservationRow> Rows { get; } = [];

        private HistoryReader Reader => new(ReadAsync, _cache, Keys);

        /// <summary>As a grain runs it: one thing at a time, and others go on while it waits.</summary>
        public List<ulong> Pages(ReservationQuery query, bool? gathers, int mostRows, long nowMs = NowMs) => Task.Factory.StartNew(
            () => PagesAsync(query, gathers, mostRows, nowMs),
            CancellationToken.None,
            TaskCreationOptions.None,
            new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap().GetAwaiter().GetResult();

        private async Task<RedisValue[]> ReadAsync(RedisKey[] keys)
        {
            await Task.Yield();
            return Array.ConvertAll(keys, key => _keys.GetValueOrDefault(key));
        }

        private async Task<List<ulong>> PagesAsync(ReservationQuery query, bool? gathers, int mostRows, long nowMs)
        {
            var all = new List<ulong>();
            for (ReservationPlace? after = null; ;)
            {
                var walk = new HistoryWalk(Reader, query, after, Options, nowMs) { Gathers = gathers, MostRows = mostRows };
                var page = await walk.RunAsync(_history).Take(query.Limit).ToListAsync();
                all.AddRange(page.Select(row => row.Row.Id));
                if (page.Count < query.Limit && walk.StoppedAt is null)
                {
                    return all;
                }

                after = page.Count == query.Limit ? page[^1].Place : walk.StoppedAt;
            }
        }

        public World Merged()
        {
            var merged = new MergedRows(Options, NowMs);
            foreach (var run in _history.Runs)
            {
                merged.AddAsync(Reader, run, CancellationToken.None).GetAwaiter().GetResult();
            }

            var (scopes, batches, rows) = merged.ToSorted();
            var (info, values) = RunWriter.Write(Keys, 1, rows, scopes, batches, long.MaxValue);
            _keys.Clear();
            values.ForEach(value => _keys.Add(value.Key, value.Value));
            _history = new HistoryManifest { Runs = [info] };
            return this;
        }

        private void Write(ReservationRow[] rows)
        {
            Rows.AddRange(rows);
            string[] scopes = [.. rows.Select(row => row.ScopePath).Distinct().Order(StringComparer.Ordinal)];
            HistoryRow[] history =
            [
                .. rows.Select((row, i) => new HistoryRow(
                    IdFilter.KeyOf(row.Id),
                    row.CreatedAtMs,
                    row.ExpiresAtMs,
                    row.CreatedAtMs + Held,
                    row.Reserved.Value,
                    Array.BinarySearch(scopes, row.ScopePath, StringComparer.Ordinal),
                    new RecordPlace(0, i),
                    row.Status.ToOutcome()!.Value)),
            ];
            var (run, values) = RunWriter.Write(Keys, 0, history, scopes, ["batch"], long.MaxValue);
            values.ForEach(value => _keys.Add(value.Key, value.Value));
            _history = _history with { Runs = [.. _history.Runs, run] };
        }

        private static ReservationRow MakeRow(Random random, int agents, int spread)
        {
            var status = (ReservationStatus)random.Next(1, 4);
            var created = NowMs + random.Next(Math.Min(spread, 1_000));
            return new ReservationRow(
                $"rsv_acme_{random.NextInt64():x16}{0:x16}",
                "key",
                status,
                random.Next(3) == 0 ? $"tenant:acme/app:{random.Next(3)}" : $"tenant:acme/app:{random.Next(3)}/agent:{random.Next(agents)}",
                new Amount(Unit.Tokens, random.Next(spread)),
                created,
                created + random.Next(Math.Min(spread, 1_000)),
                status == ReservationStatus.Expired ? null : created + Held);
        }
    }
}
