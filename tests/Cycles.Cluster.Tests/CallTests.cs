using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Cluster.Tests;

/// <summary>A change without an idempotency key that a gateway sends twice, as it does not know what became of the first.</summary>
public sealed class CallTests
{
    private const string TenantId = "called";

    private static readonly ScopePath Scope = ScopePath.FromCanonical($"tenant:{TenantId}");

    [Fact]
    public async Task A_credit_is_made_once_by_each_call_however_often_it_is_sent()
    {
        await using var silo = await StartAsync();
        var scope = silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value);
        await CreateAsync(silo.Grains, NewCall());
        var (first, second) = (NewCall(), NewCall());
        var credit = new FundCommand(Unit.Tokens, FundingOperation.Credit, 5, 0, null, "hash");

        var replies = new List<FundReply>();
        foreach (var call in new[] { first, Repeated(first), second, Repeated(first) })
        {
            replies.Add(await scope.Fund(call, credit));
        }

        Assert.All(replies, reply => Assert.Null(reply.Problem));
        Assert.Equal([15L, 15, 20, 15], replies.Select(reply => reply.Response!.NewAllocated!.Value));
        Assert.Equal(20, Assert.Single(await scope.Read()).State.Allocated);
    }

    [Fact]
    public async Task A_budget_that_an_earlier_attempt_of_the_call_has_made_is_no_duplicate()
    {
        await using var silo = await StartAsync();
        var call = NewCall();

        var made = await CreateAsync(silo.Grains, call);
        var again = await CreateAsync(silo.Grains, Repeated(call));
        var others = await CreateAsync(silo.Grains, NewCall());

        Assert.Equal(made.Budget!.Record.LedgerId, again.Budget!.Record.LedgerId);
        Assert.Equal(ErrorCode.DuplicateResource, others.Problem!.Code);
    }

    [Fact]
    public async Task A_budget_that_an_earlier_attempt_has_made_as_the_last_that_the_tenant_may_have_is_its_own()
    {
        await using var silo = await StartAsync(options => options.MaxBudgets = 1);
        var call = NewCall();
        var made = await CreateAsync(silo.Grains, call);

        var again = await CreateAsync(silo.Grains, Repeated(call));

        Assert.Equal(made.Budget!.Record.LedgerId, again.Budget!.Record.LedgerId);
        Assert.Equal(ErrorCode.LimitExceeded, (await CreateAsync(silo.Grains, NewCall())).Problem!.Code);
    }

    [Fact]
    public async Task A_debit_that_was_refused_at_its_second_attempt_is_not_made_by_the_first_that_comes_late()
    {
        await using var silo = await StartAsync();
        var scope = silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value);
        await CreateAsync(silo.Grains, NewCall());
        var call = NewCall();
        var debit = new FundCommand(Unit.Tokens, FundingOperation.Debit, 15, 0, null, "hash");
        Assert.NotNull((await scope.Fund(Repeated(call), debit)).Problem);
        Assert.Null((await scope.Fund(NewCall(), debit with { Operation = FundingOperation.Credit })).Problem);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => scope.Fund(call, debit).AsTask());

        Assert.Equal(25, Assert.Single(await scope.Read()).State.Allocated);
    }

    private static Origin NewCall() => Origin.System("test") with { Attempt = new CallAttempt(Guid.NewGuid(), 1) };

    private static Origin Repeated(Origin call) => call with { Attempt = call.Attempt with { Number = call.Attempt.Number + 1 } };

    private static ValueTask<BudgetReply> CreateAsync(IGrainFactory grains, Origin call) => grains.GetGrain<ITenantAdminGrain>(TenantId).CreateBudget(
        call, Scope, new BudgetCreateRequest { Scope = Scope.Value, Unit = Unit.Tokens, Allocated = new Amount(Unit.Tokens, 10) });

    private static async Task<RedisSilo> StartAsync(Action<StoreOptions>? configure = null)
    {
        var silo = await RedisSilo.StartAsync(configure);
        var request = new TenantCreateRequest { TenantId = TenantId, Name = "Test" };
        Assert.Null((await silo.Grains.GetGrain<ITenantAdminGrain>(TenantId).Create(Origin.System("test"), request)).Problem);
        return silo;
    }
}
