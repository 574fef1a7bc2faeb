using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Cluster.Tests;

/// <summary>
/// Changes without an idempotency key whose transaction Redis has done although its answer was lost: the grain tries again, finds out that it is
/// done, and answers as the first time.
/// </summary>
public sealed class RepetitionTests
{
    private const string TenantId = "repeating";

    private static readonly Origin Origin = Origin.System("test");
    private static readonly ScopePath Scope = ScopePath.FromCanonical($"tenant:{TenantId}");
    private static readonly ScopePath Other = ScopePath.FromCanonical($"tenant:{TenantId}/agent:other");

    [Fact]
    public Task A_credit_without_a_key_is_credited_once_however_many_answers_are_lost() => OnTenantAsync(async silo =>
    {
        var scope = silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value);
        var reply = await InDoubtAsync(silo, () => scope.Fund(Origin, Funding(FundingOperation.Credit, 5)), answersLost: 3);
        Assert.Equal(15, reply.Response?.NewAllocated.Value);
        Assert.Equal(15, Assert.Single(await scope.Read()).State.Allocated);
    });

    [Fact]
    public Task A_debit_that_takes_all_that_is_left_does_not_fail_for_its_own_first_half() => OnTenantAsync(async silo =>
    {
        var scope = silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value);
        var reply = await InDoubtAsync(silo, () => scope.Fund(Origin, Funding(FundingOperation.Debit, 10)));
        Assert.Equal(0, reply.Response?.NewAllocated.Value);
        Assert.Null(reply.Problem);
    });

    [Fact]
    public Task After_a_lost_answer_no_failure_says_that_nothing_was_changed() => OnTenantAsync(async silo =>
    {
        var scope = silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value);
        silo.Store.Redis.Persistence.IsSupervised = true;
        silo.Proxy.SwallowNext();
        silo.Proxy.WhenSwallowed = () => silo.Store.Redis.Persistence.Failed("the test says so");

        // The credit is done; while the store counts as broken nothing can be read back, and a repetition would credit again.
        await Assert.ThrowsAsync<StoreInDoubtException>(async () => await scope.Fund(Origin, Funding(FundingOperation.Credit, 5)));

        silo.Store.Redis.Persistence.Recovered();
        await Until.TrueAsync(async () => Assert.Single(await scope.Read()).State.Allocated == 15);
    });

    [Fact]
    public Task While_the_store_counts_as_broken_a_change_is_refused_as_one_that_changed_nothing() => OnTenantAsync(async silo =>
    {
        var scope = silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value);
        silo.Store.Redis.Persistence.IsSupervised = true;
        silo.Store.Redis.Persistence.Failed("the test says so");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await scope.Fund(Origin, Funding(FundingOperation.Credit, 5)));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await CreateBudgetAsync(silo, Other));

        silo.Store.Redis.Persistence.Recovered();
        Assert.Null((await scope.Fund(Origin, Funding(FundingOperation.Credit, 1))).Problem);
        Assert.Equal(11, Assert.Single(await scope.Read()).State.Allocated);
    });

    [Fact]
    public Task A_tenant_is_new_to_the_call_that_makes_it() => OnSiloAsync(async silo =>
    {
        var reply = await InDoubtAsync(silo, () => CreateTenantAsync(silo));
        Assert.True(reply.IsNew);
    });

    [Fact]
    public Task A_budget_is_no_duplicate_of_its_own_first_half() => OnTenantAsync(async silo =>
    {
        var reply = await InDoubtAsync(silo, () => CreateBudgetAsync(silo, Other));
        Assert.Null(reply.Problem);
        Assert.Equal(ErrorCode.DuplicateResource, (await CreateBudgetAsync(silo, Other)).Problem?.Code);
        Assert.Equal(10, Assert.Single(await silo.Grains.GetGrain<IScopeAdminGrain>(Other.Value).Read()).State.Allocated);
    });

    [Fact]
    public Task A_budget_that_is_frozen_is_not_refused_as_frozen_already() => OnTenantAsync(async silo =>
    {
        var scope = silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value);
        var reply = await InDoubtAsync(silo, () => scope.SetStatus(Origin, Unit.Tokens, BudgetStatus.Frozen, "test"));
        Assert.Equal(BudgetStatus.Frozen, reply.Budget?.Record.Status);
    });

    [Fact]
    public Task A_budget_that_is_changed_is_changed_once() => OnTenantAsync(async silo =>
    {
        var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(TenantId);
        var reply = await InDoubtAsync(silo, () => tenant.UpdateBudget(Origin, Scope, Unit.Tokens, new BudgetChange(7, null, null)));
        Assert.Equal(7, reply.Budget?.Record.OverdraftLimit);
    });

    [Fact]
    public Task A_policy_is_no_duplicate_of_its_own_first_half() => OnTenantAsync(async silo =>
    {
        var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(TenantId);
        var reply = await InDoubtAsync(
            silo, () => tenant.CreatePolicy(Origin, new PolicyCreateRequest { Name = "first", ScopePattern = "tenant:*" }));
        Assert.Null(reply.Problem);
        Assert.Equal(reply.Policy?.PolicyId, Assert.Single(await tenant.ListPolicies()).PolicyId);
    });

    [Fact]
    public Task One_call_makes_one_key_whose_secret_its_caller_has() => OnTenantAsync(async silo =>
    {
        var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(TenantId);
        var reply = await InDoubtAsync(silo, () => tenant.CreateKey(Origin, new ApiKeyCreateRequest { TenantId = TenantId, Name = "first" }));
        Assert.Equal(reply.Key?.KeyId, Assert.Single(await tenant.ListKeys()).KeyId);

        // And a key that is revoked is not refused as revoked already.
        var revoked = await InDoubtAsync(silo, () => tenant.RevokeKey(Origin, reply.Key!.KeyId, "test"));
        Assert.Null(revoked.Problem);
        Assert.Equal(ApiKeyStatus.Revoked, revoked.Key?.Status);
    });

    [Fact]
    public Task A_tenant_that_is_closed_is_closed_once_and_its_cascade_ends() => OnTenantAsync(async silo =>
    {
        var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(TenantId);
        var reply = await InDoubtAsync(silo, () => tenant.Update(Origin, new TenantUpdateRequest { Status = TenantStatus.Closed }));
        Assert.Null(reply.Problem);
        Assert.Equal(TenantStatus.Closed, reply.Tenant?.Status);
        await Until.TrueAsync(async () => await silo.Grains.GetGrain<ITenantPeerGrain>(TenantId).GetClose() is { EndedAt: not null });
        Assert.Equal(BudgetStatus.Closed, Assert.Single(await silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value).Read()).Record.Status);
    });

    private static FundCommand Funding(FundingOperation operation, long amount) =>
        new(Unit.Tokens, operation, amount, Spent: 0, IdempotencyKey: null, PayloadHash: string.Empty);

    /// <summary>Calls while answers of Redis are lost; at least one was.</summary>
    private static async Task<T> InDoubtAsync<T>(RedisSilo silo, Func<ValueTask<T>> call, int answersLost = 1)
    {
        var before = silo.Proxy.Swallowed;
        silo.Proxy.SwallowNext(answersLost);
        var reply = await call();
        Assert.InRange(silo.Proxy.Swallowed - before, 1, answersLost);
        silo.Proxy.SwallowNone();
        return reply;
    }

    private static ValueTask<TenantReply> CreateTenantAsync(RedisSilo silo) => silo.Grains.GetGrain<ITenantAdminGrain>(TenantId).Create(
        Origin, new TenantCreateRequest { TenantId = TenantId, Name = "Test" });

    private static ValueTask<BudgetReply> CreateBudgetAsync(RedisSilo silo, ScopePath scope) => silo.Grains.GetGrain<ITenantAdminGrain>(TenantId).CreateBudget(
        Origin, scope, new BudgetCreateRequest { Scope = scope.Value, Unit = Unit.Tokens, Allocated = new Amount(Unit.Tokens, 10) });

    private static async Task OnSiloAsync(Func<RedisSilo, Task> test)
    {
        await using var silo = await RedisSilo.StartAsync();
        await test(silo);
    }

    private static Task OnTenantAsync(Func<RedisSilo, Task> test) => OnSiloAsync(async silo =>
    {
        Assert.Null((await CreateTenantAsync(silo)).Problem);
        Assert.Null((await CreateBudgetAsync(silo, Scope)).Problem);
        await test(silo);
    });
}
