using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>Very many reservations that lapse at once.</summary>
public sealed class SweepTests
{
    private const string TenantId = "sweep";
    private const int Many = 600;
    private const int TtlMs = 5_000;
    private const int Limit = 256;

    [Fact]
    public async Task A_reservation_that_cannot_end_yet_holds_up_none_of_the_others()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 1);
        var tenant = cluster.Client.GetGrain<ITenantAdminGrain>(TenantId);
        await tenant.Create(Origin.System("test"), new TenantCreateRequest { TenantId = TenantId, Name = "Test" });
        foreach (var scope in new[] { $"tenant:{TenantId}", ScopeOf("slow"), ScopeOf("fast") })
        {
            Assert.Null((await tenant.CreateBudget(Origin.System("test"), ScopePath.FromCanonical(scope), new BudgetCreateRequest
            {
                Scope = scope,
                Unit = Unit.Tokens,
                Allocated = new Amount(Unit.Tokens, 1_000_000),
            })).Problem);
        }

        // They lapse together, and the first of them waits for a lock that another operation has.
        string[] keys = [.. Enumerable.Range(0, Many).Select(number => $"key-{number}")];
        var first = keys.Select(IdOf).Min(StringComparer.Ordinal);
        var slowKey = Enumerable.Range(0, int.MaxValue).Select(number => $"slow-{number}").First(key => string.CompareOrdinal(IdOf(key), first) < 0);
        var client = new CyclesClient(cluster.Client, TenantId);
        Assert.Null((await client.ReserveAsync(RequestOf("slow", slowKey))).Problem);
        var slow = cluster.Client.GetGrain<IScopeGrain>(ScopeOf("slow"));
        var lockId = LockIds.Next();
        await slow.Lock(new LockRequest(lockId, Unit.Tokens, LockKind.Exclusive, default));
        Assert.All(await Task.WhenAll(keys.Select(key => client.ReserveAsync(RequestOf("fast", key)).AsTask())), reserved => Assert.Null(reserved.Problem));
        var due = DateTimeOffset.UtcNow.AddMilliseconds(TtlMs + 1_000).ToUnixTimeMilliseconds();
        await stores.Next().Redis.Commits.SortedSetAddAsync(
            new TenantKeys(TenantId).Due, [.. keys.Append(slowKey).Select(key => new SortedSetEntry(IdOf(key), due))]);

        var fast = cluster.Client.GetGrain<IScopeGrain>(ScopeOf("fast"));
        await Until.TrueAsync(async () => (await fast.Read())[0].State.Reserved == 0);
        Assert.Equal(1, (await slow.Read())[0].State.Reserved);

        await slow.Complete(lockId, Unit.Tokens, LockOutcome.Abandoned);
        await Until.TrueAsync(async () => (await slow.Read())[0].State.Reserved == 0);
    }

    [Fact]
    public async Task What_is_due_is_read_the_longest_ago_first_and_no_more_than_is_asked_for()
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var cluster = await stores.DeployAsync(silos: 1);
        var ledger = cluster.Client.GetGrain<ILedgerGrain>(TenantId);

        // Before anything is due: it would have it swept.
        await ledger.NextDueMs();
        string[] ids = [.. Enumerable.Range(0, Many).Select(number => IdOf($"{number}"))];
        await stores.Next().Redis.Commits.SortedSetAddAsync(
            new TenantKeys(TenantId).Due, [.. ids.Select((id, number) => new SortedSetEntry(id, number))]);

        Assert.Equal(ids[..Limit], (await ledger.ReadDue(Many, Limit)).Reservations);
        Assert.Equal(ids[..3], (await ledger.ReadDue(2, Limit)).Reservations);
    }

    private static string ScopeOf(string agent) => $"tenant:{TenantId}/agent:{agent}";

    private static string IdOf(string key) => ReservationId.Derive(TenantId, key).Value;

    private static ReservationCreateRequest RequestOf(string agent, string key) => new()
    {
        IdempotencyKey = key,
        Subject = new Subject { Tenant = TenantId, Agent = agent },
        Action = new ActionInfo { Kind = "test", Name = "test" },
        Estimate = new Amount(Unit.Tokens, 1),
        TtlMs = TtlMs,
        GracePeriodMs = 0,
    };
}
