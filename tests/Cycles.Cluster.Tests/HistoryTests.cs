using System.Collections.Concurrent;
using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Lists;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;

namespace Cycles.Cluster.Tests;

/// <summary>What has ended goes into the history, and nobody can tell: it is replayed, found and listed as before.</summary>
public sealed class HistoryTests
{
    private const string TenantId = "history";
    private const int Batch = 16;

    // Runs are merged, too.
    private const int Reservations = Batch * HistoryFormat.MergedRuns * 2;

    private static readonly ScopePath Scope = ScopePath.FromCanonical($"tenant:{TenantId}");

    [Fact]
    public async Task What_is_in_the_history_is_replayed_found_and_listed_as_before_on_the_embedded_store()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 1, silo => silo.Services.Configure<StoreOptions>(Options));
        await CheckAsync(cluster.Client, stores.Next().Redis);
    }

    [Fact]
    public async Task What_is_in_the_history_is_replayed_found_and_listed_as_before_on_Redis()
    {
        await using var silo = await RedisSilo.StartAsync(Options);
        await CheckAsync(silo.Grains, silo.Store.Redis);
    }

    [Fact]
    public async Task A_list_that_is_read_while_the_history_grows_has_each_reservation_once()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 1, silo => silo.Services.Configure<StoreOptions>(Options));
        var client = await ProvisionAsync(cluster.Client);
        var done = new ConcurrentQueue<string>();
        var working = Parallel.ForEachAsync(Enumerable.Range(0, Reservations), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var made = await client.ReserveAsync(RequestOf(i));
            Assert.Null(made.Problem);
            if (!IsDryRun(i))
            {
                await EndAsync(client, i, made.Value!.ReservationId!);
                done.Enqueue(made.Value.ReservationId!);
            }
        });

        // By status one may pass, between two pages, from a part that was read into one that was not, or back.
        ReservationSort[] sorts = [.. Enum.GetValues<ReservationSort>().Except([ReservationSort.Status])];
        var reads = 0;
        while (!working.IsCompleted || reads < 3)
        {
            reads++;
            string[] before = [.. done];
            var query = new ReservationQuery { SortBy = sorts[reads % sorts.Length], Ascending = reads % 2 == 0, Limit = 50 };
            var listed = (await ListAsync(client, query)).ConvertAll(reservation => reservation.ReservationId);
            Assert.Empty(before.Except(listed));
            Assert.Equal(listed.Count, listed.Distinct().Count());
        }

        await working;
    }

    private static void Options(StoreOptions options) => options.HistoryBatch = Batch;

    private static async Task CheckAsync(IGrainFactory grains, RedisStore store)
    {
        var client = await ProvisionAsync(grains);
        var made = new ReservationCreateResponse[Reservations];
        var ended = new (long? Charged, ReservationStatus? Status)[Reservations];
        await Parallel.ForEachAsync(Enumerable.Range(0, Reservations), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var reserved = await client.ReserveAsync(RequestOf(i));
            Assert.Null(reserved.Problem);
            made[i] = reserved.Value!;
            if (!IsDryRun(i))
            {
                ended[i] = await EndAsync(client, i, made[i].ReservationId!);
            }
        });
        var keys = new TenantKeys(TenantId);
        await Until.TrueAsync(async () =>
            await store.Database.SortedSetLengthAsync(keys.Ended) < Batch
            && await ManifestAsync(store) is { Retired.Length: 0, Runs.Length: < HistoryFormat.MergedRuns } manifest
            && manifest.Runs.Any(run => run.Level > 0));
        var before = await AllListsAsync(client);

        // The ledger of the next activation knows only what it reads.
        await grains.Get<ILedgerGrain>(TenantId).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await Parallel.ForEachAsync(Enumerable.Range(0, Reservations), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var replayed = await client.ReserveAsync(RequestOf(i));
            Assert.Null(replayed.Problem);
            Assert.Equal(made[i].ReservationId, replayed.Value!.ReservationId);
            Assert.Equal(made[i].Balances?.Count, replayed.Value.Balances?.Count);
            var other = await client.ReserveAsync(RequestOf(i) with { Estimate = new Amount(Unit.Tokens, 9_999) });
            Assert.Equal(ErrorCode.IdempotencyMismatch, other.Problem?.Code);
            if (!IsDryRun(i))
            {
                Assert.Equal(ended[i], await EndAsync(client, i, made[i].ReservationId!));
                var again = await client.CommitAsync(made[i].ReservationId!, new CommitRequest { IdempotencyKey = "late", Actual = new Amount(Unit.Tokens, 1) });
                Assert.Equal(ErrorCode.ReservationFinalized, again.Problem?.Code);
                Assert.Equal(ended[i].Status, (await client.GetAsync(made[i].ReservationId!)).Value?.Status);
                var found = Assert.Single(await ListAsync(client, new ReservationQuery { IdempotencyKey = $"key-{i}" }));
                Assert.Equal(made[i].ReservationId, found.ReservationId);
            }
        });
        Assert.Equal(ErrorCode.NotFound, (await client.GetAsync($"rsv_{TenantId}_{new string('0', 32)}")).Problem?.Code);
        var balance = Assert.Single(await client.BalancesAsync([Scope.Leaf]));
        Assert.Equal(0, balance.Reserved.Value);
        Assert.Equal(ended.Sum(end => end.Charged ?? 0), balance.Spent.Value);
        var after = await AllListsAsync(client);
        Assert.Equal(before.Count, after.Count);
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second));
    }

    private static async Task<HistoryManifest> ManifestAsync(RedisStore store) =>
        await store.Database.StringGetAsync(new TenantKeys(TenantId).History) is { HasValue: true } json
            ? GrainJson.Read((byte[])json!, GrainJson.Default.HistoryManifest)
            : HistoryManifest.Empty;

    /// <summary>The ids of each list that a caller may ask for, checked against each other.</summary>
    private static async Task<List<string[]>> AllListsAsync(CyclesClient client)
    {
        var lists = new List<string[]>();
        foreach (var sort in Enum.GetValues<ReservationSort>())
        {
            foreach (var ascending in new[] { false, true })
            {
                var query = new ReservationQuery { SortBy = sort, Ascending = ascending, Limit = 200 };
                var all = await ListAsync(client, query);
                Assert.Equal(Enumerable.Range(0, Reservations).Count(i => !IsDryRun(i)), all.Count);
                lists.Add([.. all.Select(reservation => reservation.ReservationId)]);
                foreach (var status in new[] { ReservationStatus.Committed, ReservationStatus.Released, ReservationStatus.Active })
                {
                    var some = await ListAsync(client, query with { Status = status, Limit = 37 });
                    Assert.Equal(all.Where(reservation => reservation.Status == status).Select(reservation => reservation.ReservationId), some.Select(reservation => reservation.ReservationId));
                }

                var agent = await ListAsync(client, query with { Segments = ["agent:3"], Limit = 11 });
                Assert.Equal(
                    all.Where(reservation => reservation.Subject.Agent == "3").Select(reservation => reservation.ReservationId),
                    agent.Select(reservation => reservation.ReservationId));
            }
        }

        return lists;
    }

    private static async Task<List<ReservationDetail>> ListAsync(CyclesClient client, ReservationQuery query)
    {
        var all = new List<ReservationDetail>();
        for (string? cursor = null; ;)
        {
            var page = (await client.ListAsync(query with { Cursor = cursor })).Value!;
            all.AddRange(page.Reservations);
            if (page.NextCursor is null)
            {
                return all;
            }

            cursor = page.NextCursor;
        }
    }

    private static async Task<CyclesClient> ProvisionAsync(IGrainFactory grains)
    {
        var tenant = grains.GetGrain<ITenantAdminGrain>(TenantId);
        var origin = Origin.System("test");
        Assert.Null((await tenant.Create(origin, new TenantCreateRequest { TenantId = TenantId, Name = "Test" })).Problem);
        Assert.Null((await tenant.CreateBudget(origin, Scope, new BudgetCreateRequest
        {
            Scope = Scope.Value,
            Unit = Unit.Tokens,
            Allocated = new Amount(Unit.Tokens, 1_000_000_000),
        })).Problem);
        return new CyclesClient(grains, TenantId);
    }

    private static async Task<(long? Charged, ReservationStatus? Status)> EndAsync(CyclesClient client, int i, string id)
    {
        if (i % 3 == 0)
        {
            var released = await client.ReleaseAsync(id, new ReleaseRequest { IdempotencyKey = $"end-{i}" });
            Assert.Null(released.Problem);
            return (0, released.Value!.Status);
        }

        var committed = await client.CommitAsync(id, new CommitRequest { IdempotencyKey = $"end-{i}", Actual = new Amount(Unit.Tokens, i % 7) });
        Assert.Null(committed.Problem);
        return (committed.Value!.Charged.Value, committed.Value.Status);
    }

    private static bool IsDryRun(int i) => i % 11 == 5;

    private static ReservationCreateRequest RequestOf(int i) => new()
    {
        IdempotencyKey = $"key-{i}",
        Subject = new Subject { Tenant = TenantId, App = $"{i % 4}", Agent = $"{i % 5}" },
        Action = new ActionInfo { Kind = "test", Name = "test" },
        Estimate = new Amount(Unit.Tokens, 1 + (i % 13)),
        TtlMs = 3_600_000,
        DryRun = IsDryRun(i),
    };
}
