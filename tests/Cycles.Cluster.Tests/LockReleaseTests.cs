using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Cluster.Tests;

/// <summary>How locks end that were taken for a transaction that was never sent, and in which order the ends arrive.</summary>
public sealed class LockReleaseTests
{
    private const string TenantId = "releasing";
    private const int FarAway = 1;
    private const int Rounds = 300;

    private static readonly Origin Origin = Origin.System("test");
    private static readonly ScopePath Root = ScopePath.FromCanonical($"tenant:{TenantId}");
    private static readonly ScopePath Leaf = ScopePath.FromCanonical($"tenant:{TenantId}/agent:leaf");

    [Fact]
    public async Task A_leaf_that_reloads_makes_no_scope_above_it_reload()
    {
        await using var silo = await StartAsync();
        var root = silo.Grains.GetGrain<IScopeGrain>(Root.Value);
        var leaf = silo.Grains.GetGrain<IScopeGrain>(Leaf.Value);
        var before = await EpochAsync(root);
        Assert.Equal(Refusal.None, (await leaf.Lock(new LockRequest(1, Unit.Tokens, LockKind.Exclusive, default))).Refusal);
        var reserving = new CyclesClient(silo.Grains, TenantId).ReserveAsync(new ReservationCreateRequest
        {
            IdempotencyKey = "waits for the leaf",
            Subject = new Subject { Tenant = TenantId, Agent = "leaf" },
            Action = new ActionInfo { Kind = "test", Name = "test" },
            Estimate = new Amount(Unit.Tokens, 5),
        }).AsTask();

        // The root is locked for it, as long as it waits for the leaf.
        await Until.TrueAsync(async () => await HoldsAnythingAsync(root));
        await leaf.Complete(1, Unit.Tokens, LockOutcome.InDoubt);

        Assert.True((await reserving).IsSuccess);
        Assert.Equal(before, await EpochAsync(root));
    }

    [Fact]
    public async Task What_a_coordinator_on_another_silo_has_completed_shows_in_whatever_is_asked_next()
    {
        await using var silo = await StartAsync();
        var root = silo.Grains.GetGrain<IScopeGrain>(Root.Value);
        var channel = new ScopeChannel(root, FarAway);
        for (var i = 1; i <= Rounds; i++)
        {
            var reply = await channel.LockAsync(new LockRequest(i, Unit.Tokens, LockKind.Charge, new BudgetDelta(Spent: 1)));
            Assert.Equal(Refusal.None, reply.Refusal);
            channel.Note(reply);
            await channel.CompleteAsync(new LockCompletion(i, Unit.Tokens, LockOutcome.Applied, null));
            Assert.Equal(i, Assert.Single(await root.Read()).State.Spent);
        }
    }

    private static async Task<long> EpochAsync(IScopeGrain scope)
    {
        var id = Random.Shared.NextInt64(1 << 20, long.MaxValue);
        var reply = await scope.Lock(new LockRequest(id, Unit.Tokens, LockKind.Settle, default));
        await scope.Complete(id, Unit.Tokens, LockOutcome.Abandoned);
        return reply.Epoch;
    }

    /// <summary>What is locked in flight is part of what a lock is answered.</summary>
    private static async Task<bool> HoldsAnythingAsync(IScopeGrain scope)
    {
        var id = Random.Shared.NextInt64(1 << 20, long.MaxValue);
        var reply = await scope.Lock(new LockRequest(id, Unit.Tokens, LockKind.Settle, default));
        await scope.Complete(id, Unit.Tokens, LockOutcome.Abandoned);
        return reply.State.Reserved > 0;
    }

    private static async Task<RedisSilo> StartAsync()
    {
        var silo = await RedisSilo.StartAsync();
        var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(TenantId);
        Assert.Null((await tenant.Create(Origin, new TenantCreateRequest { TenantId = TenantId, Name = "Test" })).Problem);
        foreach (var scope in (ScopePath[])[Root, Leaf])
        {
            Assert.Null((await tenant.CreateBudget(
                Origin, scope, new BudgetCreateRequest { Scope = scope.Value, Unit = Unit.Tokens, Allocated = new Amount(Unit.Tokens, 1000) })).Problem);
        }

        return silo;
    }
}
