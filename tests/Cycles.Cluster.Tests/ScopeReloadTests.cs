using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Scopes;

namespace Cycles.Cluster.Tests;

/// <summary>What the lease of a lock rests on: a scope may reload at any moment, also while a transaction under its locks is on its way.</summary>
public sealed class ScopeReloadTests
{
    private const string TenantId = "reloading";
    private const int Rounds = 3;

    // Calls to one grain may overtake each other on their way; this long they do not.
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    // The lease is three times the timeout, and looked after every five seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);
    private static readonly ScopePath Scope = ScopePath.FromCanonical($"tenant:{TenantId}");

    [Fact]
    public async Task A_scope_that_reloads_while_its_transaction_is_on_its_way_reads_what_became_of_it()
    {
        await using var silo = await RedisSilo.StartAsync();
        var ledger = silo.Grains.GetGrain<ILedgerGrain>(TenantId);
        await GiveBudgetAsync(ledger);

        for (var round = 1; round <= Rounds; round++)
        {
            var epoch = (await ledger.OpenScope(Scope)).Epoch;
            silo.Redis.Pause();
            var accepted = SpendAsync(ledger, epoch);
            await Task.Delay(Arrival);
            var reloading = ledger.OpenScope(Scope).AsTask();
            await Task.Delay(Arrival);
            var late = SpendAsync(ledger, epoch);
            silo.Redis.Resume();

            Assert.Equal(CommitOutcome.Durable, await accepted);
            Assert.Equal(CommitOutcome.Conflict, await late);
            Assert.Equal(1 + round, Assert.Single((await reloading).Budgets).State.Spent);
        }
    }

    [Fact]
    public async Task A_lock_that_nobody_ends_keeps_others_out_for_its_lease_and_no_longer()
    {
        await using var silo = await RedisSilo.StartAsync(options => options.Timeout = Quick);
        await GiveBudgetAsync(silo.Grains.GetGrain<ILedgerGrain>(TenantId));
        var scope = silo.Grains.GetGrain<IScopeGrain>(Scope.Value);

        Assert.Equal(Refusal.None, (await scope.Lock(new LockRequest(1, Unit.Tokens, LockKind.Exclusive, default))).Refusal);
        var second = scope.Lock(new LockRequest(2, Unit.Tokens, LockKind.Exclusive, default)).AsTask();

        await Assert.ThrowsAsync<StoreInDoubtException>(() => second.WaitAsync(Patience));
        Assert.Equal(Refusal.None, (await scope.Lock(new LockRequest(3, Unit.Tokens, LockKind.Exclusive, default))).Refusal);
    }

    [Fact]
    public async Task A_scope_that_was_not_told_what_was_taken_reads_it_when_that_is_given_back()
    {
        await using var silo = await RedisSilo.StartAsync();
        var ledger = silo.Grains.GetGrain<ILedgerGrain>(TenantId);
        await GiveBudgetAsync(ledger);
        var scope = silo.Grains.GetGrain<IScopeGrain>(Scope.Value);
        var locked = await scope.Lock(new LockRequest(1, Unit.Tokens, LockKind.Settle, default));
        var taken = new LedgerTransaction { Stakes = [new ScopeStake(Scope, Unit.Tokens, locked.Epoch, new BudgetDelta(Reserved: 5))] };
        Assert.Equal(CommitOutcome.Durable, await ledger.Commit(taken));
        await scope.Complete(1, Unit.Tokens, LockOutcome.Abandoned);

        var given = await scope.Lock(new LockRequest(2, Unit.Tokens, LockKind.Settle, new BudgetDelta(Reserved: -5)));
        var tooMuch = scope.Lock(new LockRequest(3, Unit.Tokens, LockKind.Settle, new BudgetDelta(Reserved: -6))).AsTask();

        Assert.Equal(Refusal.None, given.Refusal);
        Assert.Equal(0, given.State.Reserved);
        await Assert.ThrowsAsync<StoreInDoubtException>(() => tooMuch);
    }

    private static BudgetRecord Budget => new()
    {
        LedgerId = "budget",
        TenantId = TenantId,
        Scope = Scope.Value,
        Unit = Unit.Tokens,
        Status = BudgetStatus.Active,
        OverdraftLimit = 0,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>Makes the budget, with 1 spent.</summary>
    private static async Task GiveBudgetAsync(ILedgerGrain ledger) => Assert.Equal(
        CommitOutcome.Durable,
        await SpendAsync(ledger, (await ledger.OpenScope(Scope)).Epoch, StoreWrite.SetField(
            new TenantKeys(TenantId).Budgets,
            TenantKeys.BudgetField(Scope, Unit.Tokens),
            GrainJson.Write(Budget, GrainJson.Default.BudgetRecord))));

    private static Task<CommitOutcome> SpendAsync(ILedgerGrain ledger, long epoch, params StoreWrite[] writes) =>
        ledger.Commit(new LedgerTransaction
        {
            Stakes = [new ScopeStake(Scope, Unit.Tokens, epoch, new BudgetDelta(Spent: 1))],
            Writes = writes,
        }).AsTask();
}
