using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>What stands in the index of what is due without being active is taken out, and nothing else: what is not in it never expires.</summary>
public sealed class DueIndexTests
{
    private const string TenantId = "due";
    private const int Reservations = 200;

    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task What_is_reserved_while_its_stray_entry_is_taken_out_is_due()
    {
        await using var silo = await RedisSilo.StartAsync();
        var grains = silo.Grains;
        var tenant = grains.GetGrain<ITenantAdminGrain>(TenantId);
        await tenant.Create(Origin.System("test"), new TenantCreateRequest { TenantId = TenantId, Name = "Test" });
        Assert.Null((await tenant.CreateBudget(Origin.System("test"), ScopePath.FromCanonical($"tenant:{TenantId}"), new BudgetCreateRequest
        {
            Scope = $"tenant:{TenantId}",
            Unit = Unit.Tokens,
            Allocated = new Amount(Unit.Tokens, 1_000_000),
        })).Problem);
        var client = new CyclesClient(grains, TenantId);
        var store = silo.Store.Redis.Commits;
        var due = new TenantKeys(TenantId).Due;
        var ids = Enumerable.Range(0, Reservations).Select(i => ReservationId.Derive(TenantId, $"key-{i}").Value).ToArray();
        await store.SortedSetAddAsync(due, Array.ConvertAll(ids, id => new SortedSetEntry(id, 1)));

        // Half of them meet a reserve under the very id, while the store takes its time.
        Assert.Null((await client.ReserveAsync(RequestOf(Reservations))).Problem);
        silo.Redis.Pause();
        var expiring = Array.ConvertAll(ids, id => grains.GetReservationPeer(id).Expire(id).AsTask());
        await Task.Delay(Arrival);
        var reserving = Enumerable.Range(0, Reservations / 2).Select(i => client.ReserveAsync(RequestOf(i * 2)).AsTask()).ToArray();
        await Task.Delay(Arrival);
        silo.Redis.Resume();
        await Task.WhenAll(expiring);
        Assert.All(await Task.WhenAll(reserving), reserved => Assert.Null(reserved.Problem));

        var scores = await Task.WhenAll(ids.Select(id => store.SortedSetScoreAsync(due, id)));
        Assert.All(scores.Where((_, i) => i % 2 == 0), score => Assert.InRange(score!.Value, 2, double.MaxValue));
        Assert.All(scores.Where((_, i) => i % 2 == 1), Assert.Null);

        // What has ended and was left there.
        Assert.Null((await client.ReleaseAsync(ids[0], new ReleaseRequest { IdempotencyKey = "release" })).Problem);
        await store.SortedSetAddAsync(due, ids[0], 1);
        await grains.GetReservationPeer(ids[0]).Expire(ids[0]);
        Assert.Null(await store.SortedSetScoreAsync(due, ids[0]));
        Assert.Equal(ReservationStatus.Released, (await client.GetAsync(ids[0])).Value!.Status);
    }

    private static ReservationCreateRequest RequestOf(int number) => new()
    {
        IdempotencyKey = $"key-{number}",
        Subject = new Subject { Tenant = TenantId },
        Action = new ActionInfo { Kind = "test", Name = "test" },
        Estimate = new Amount(Unit.Tokens, 1),
        TtlMs = 600_000,
    };
}
