using CsCheck;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Tests.Scopes;

/// <summary>Many operations on one budget at a time, in random order: what each was promised must hold, whatever the others do.</summary>
public sealed class BudgetLocksProperties
{
    private const long Epoch = 7;

    private static readonly Gen<(LockKind Kind, long Amount)[]> Operations = Gen.Select(
        Gen.OneOfConst(LockKind.Reserve, LockKind.Charge, LockKind.Cover, LockKind.Exclusive, LockKind.Settle), Gen.Long[0, 40]).Array[1, 30];

    private static readonly Gen<BudgetState> Budget = Gen.Long[0, 200].Select(
        allocated => new BudgetState(BudgetStatus.Active, allocated, 0, 0, 0, 0, false));

    [Fact]
    public void Whatever_is_locked_can_all_be_applied() => Run((locks, lifecycle) =>
    {
        // Every lock that is held now could be applied: the sum must be covered.
        var worst = lifecycle.Held.Aggregate(locks.Durable, (state, held) => state.Apply(held.Delta));
        Assert.True(worst.Remaining >= 0, $"oversubscribed: {worst}");
    });

    [Fact]
    public void What_is_refused_would_be_refused_with_nobody_else_there() => Run((locks, lifecycle) =>
        Assert.All(lifecycle.RefusedNow, refused => Assert.True(locks.Durable.Remaining < refused.Amount, "refused for the sake of locks in flight")));

    [Fact]
    public void An_exclusive_lock_is_alone() => Run((_, lifecycle) =>
        Assert.False(lifecycle.Held.Count > 1 && lifecycle.Held.Any(held => held.Kind == LockKind.Exclusive)));

    [Fact]
    public void Everybody_is_answered_in_the_end_and_the_sum_is_right() => Gen.Select(Budget, Operations, Gen.Int[0, int.MaxValue]).Sample(
        (budget, operations, seed) =>
        {
            var locks = Locks(budget);
            var lifecycle = new Lifecycle(locks, operations, seed);
            lifecycle.RunToEnd(() => { });

            Assert.True(lifecycle.IsDone);
            Assert.False(locks.IsBusy);
            Assert.Equal(lifecycle.Applied.Aggregate(budget, (state, delta) => state.Apply(delta)), locks.Durable);
        },
        iter: 2_000);

    [Fact]
    public async Task Settling_a_hold_passes_those_who_wait_for_budget()
    {
        var locks = Locks(new BudgetState(BudgetStatus.Active, 100, 0, 50, 0, 0, false));
        await locks.LockAsync(new LockRequest(1, Unit.Tokens, LockKind.Charge, new BudgetDelta(Spent: 50)), 0);
        var waiting = locks.LockAsync(new LockRequest(2, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(10)), 0);

        var settle = locks.LockAsync(new LockRequest(3, Unit.Tokens, LockKind.Settle, BudgetDelta.Settle(50, 20)), 0);

        Assert.False(waiting.IsCompleted);
        Assert.True(settle.IsCompleted);
        Assert.Equal(30, (await settle).State.Remaining);
    }

    [Fact]
    public async Task What_is_settled_beside_an_exclusive_lock_is_answered_with_what_that_one_decided()
    {
        var locks = Locks(new BudgetState(BudgetStatus.Active, 100, 40, 50, 0, 0, false));
        await locks.LockAsync(new LockRequest(1, Unit.Tokens, LockKind.Exclusive, default), 0);
        var settle = locks.LockAsync(new LockRequest(2, Unit.Tokens, LockKind.Settle, BudgetDelta.Settle(50, 20)), 0);
        Assert.False(settle.IsCompleted);

        // A new period begins: nothing is spent in it yet.
        locks.Complete(1, LockOutcome.Applied, new BudgetDelta(Spent: -40), 0);

        Assert.True(settle.IsCompleted);
        Assert.Equal(20, (await settle).State.Spent);
    }

    [Fact]
    public async Task An_exclusive_lock_waits_until_what_is_being_settled_is_settled_and_lets_nothing_pass()
    {
        var locks = Locks(new BudgetState(BudgetStatus.Active, 100, 0, 50, 0, 0, false));
        await locks.LockAsync(new LockRequest(1, Unit.Tokens, LockKind.Settle, BudgetDelta.Settle(25, 20)), 0);
        var exclusive = locks.LockAsync(new LockRequest(2, Unit.Tokens, LockKind.Exclusive, default), 0);
        var settle = locks.LockAsync(new LockRequest(3, Unit.Tokens, LockKind.Settle, BudgetDelta.Settle(25, 20)), 0);
        Assert.False(exclusive.IsCompleted);
        Assert.False(settle.IsCompleted);

        locks.Complete(1, LockOutcome.Applied, null, 0);

        Assert.Equal(20, (await exclusive).State.Spent);
        locks.Complete(2, LockOutcome.Abandoned, null, 0);
        Assert.Equal(40, (await settle).State.Spent);
    }

    [Fact]
    public async Task An_operation_that_is_given_up_waits_no_longer_and_keeps_nobody_out()
    {
        var locks = Locks(new BudgetState(BudgetStatus.Active, 100, 0, 0, 0, 0, false));
        await locks.LockAsync(new LockRequest(1, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(60)), 0);
        var second = locks.LockAsync(new LockRequest(2, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(60)), 0).AsTask();
        var third = locks.LockAsync(new LockRequest(3, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(10)), 0);
        Assert.False(third.IsCompleted);

        locks.Complete(2, LockOutcome.Abandoned, null, 0);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => second);
        Assert.True(third.IsCompleted);
        Assert.Equal(Refusal.None, (await third).Refusal);
    }

    [Fact]
    public async Task Once_waits_have_ended_what_would_have_to_wait_is_told_at_once()
    {
        var locks = Locks(new BudgetState(BudgetStatus.Active, 100, 0, 0, 0, 0, false));
        await locks.LockAsync(new LockRequest(1, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(100)), 0);
        var second = locks.LockAsync(new LockRequest(2, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(1)), 0).AsTask();

        locks.EndWaits();

        await Assert.ThrowsAsync<StoreInDoubtException>(() => second);
        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await locks.LockAsync(new LockRequest(3, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(1)), 0));
        Assert.Equal(Refusal.None, (await locks.LockAsync(new LockRequest(4, Unit.Tokens, LockKind.Settle, BudgetDelta.GiveBack(0)), 0)).Refusal);
    }

    [Fact]
    public async Task A_hold_that_may_still_be_given_back_makes_the_next_one_wait_and_not_fail()
    {
        var locks = Locks(new BudgetState(BudgetStatus.Active, 100, 0, 0, 0, 0, false));
        await locks.LockAsync(new LockRequest(1, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(100)), 0);
        var second = locks.LockAsync(new LockRequest(2, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(100)), 0).AsTask();
        Assert.False(second.IsCompleted);

        locks.Complete(1, LockOutcome.Abandoned, null, 0);

        Assert.Equal(Refusal.None, (await second).Refusal);
    }

    [Fact]
    public async Task A_waiter_is_refused_once_what_it_waited_for_is_applied()
    {
        var locks = Locks(new BudgetState(BudgetStatus.Active, 100, 0, 0, 0, 0, false));
        await locks.LockAsync(new LockRequest(1, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(100)), 0);
        var second = locks.LockAsync(new LockRequest(2, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(1)), 0).AsTask();

        locks.Complete(1, LockOutcome.Applied, null, 0);

        Assert.Equal(Refusal.Exceeded, (await second).Refusal);
    }

    [Fact]
    public void Completing_a_lock_twice_changes_nothing_the_second_time()
    {
        var locks = Locks(new BudgetState(BudgetStatus.Active, 100, 0, 0, 0, 0, false));
        _ = locks.LockAsync(new LockRequest(1, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(60)), 0);

        locks.Complete(1, LockOutcome.Applied, null, 0);
        locks.Complete(1, LockOutcome.Applied, null, 0);

        Assert.Equal(60, locks.Durable.Reserved);
    }

    private static void Run(Action<BudgetLocks, Lifecycle> check) => Gen.Select(Budget, Operations, Gen.Int[0, int.MaxValue]).Sample(
        (budget, operations, seed) =>
        {
            var locks = Locks(budget);
            var lifecycle = new Lifecycle(locks, operations, seed);
            lifecycle.RunToEnd(() => check(locks, lifecycle));
        },
        iter: 2_000);

    private static BudgetLocks Locks(BudgetState state) => new(
        new BudgetRecord
        {
            LedgerId = "bud",
            TenantId = "acme",
            Scope = "tenant:acme",
            Unit = Unit.Tokens,
            Status = state.Status,
            OverdraftLimit = state.OverdraftLimit,
            CreatedAt = DateTimeOffset.UnixEpoch,
        },
        state,
        Epoch);

    /// <summary>Begins operations and ends them, in the order of a seed.</summary>
    private sealed class Lifecycle(BudgetLocks locks, (LockKind Kind, long Amount)[] operations, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<(long Id, LockKind Kind, long Amount, Task<LockReply> Reply)> _asked = [];
        private int _next;

        public List<(long Id, LockKind Kind, BudgetDelta Delta)> Held { get; } = [];

        public List<BudgetDelta> Applied { get; } = [];

        /// <summary>What was refused by the last step.</summary>
        public List<(LockKind Kind, long Amount)> RefusedNow { get; } = [];

        public bool IsDone => _next == operations.Length && _asked.Count == 0 && Held.Count == 0;

        public void RunToEnd(Action afterEachStep)
        {
            while (!IsDone)
            {
                if (_next < operations.Length && (Held.Count == 0 || _random.Next(2) == 0))
                {
                    Begin();
                }
                else
                {
                    End();
                }

                Collect();
                afterEachStep();
            }
        }

        private static BudgetDelta DeltaOf(LockKind kind, long amount) => kind switch
        {
            LockKind.Reserve => BudgetDelta.Hold(amount),
            LockKind.Exclusive or LockKind.Settle => default,
            _ => BudgetDelta.Settle(0, amount),
        };

        private void Begin()
        {
            var (kind, amount) = operations[_next++];
            var reply = locks.LockAsync(new LockRequest(_next, Unit.Tokens, kind, DeltaOf(kind, amount)), 0).AsTask();
            _asked.Add((_next, kind, amount, reply));
        }

        private void End()
        {
            Assert.True(Held.Count > 0, "nobody holds a lock, and somebody waits");
            var held = Held[_random.Next(Held.Count)];
            Held.Remove(held);
            var applied = _random.Next(3) > 0;
            if (applied)
            {
                Applied.Add(held.Delta);
            }

            locks.Complete(held.Id, applied ? LockOutcome.Applied : LockOutcome.Abandoned, null, 0);
        }

        private void Collect()
        {
            RefusedNow.Clear();
            foreach (var asked in _asked.Where(asked => asked.Reply.IsCompleted).ToArray())
            {
                _asked.Remove(asked);
                if (asked.Reply.Result.Refusal == Refusal.None)
                {
                    Held.Add((asked.Id, asked.Kind, DeltaOf(asked.Kind, asked.Amount)));
                }
                else
                {
                    RefusedNow.Add((asked.Kind, asked.Amount));
                }
            }
        }
    }
}
