using System.Numerics;
using CsCheck;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Grains.Periods;
using Cycles.Grains.Tests.Budgets;
using Cycles.Grains.Tests.Model;
using Cycles.Grains.Tests.Scopes;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Tests.Periods;

/// <summary>The end of a period against an independent model, which rolls one period after the other in numbers that cannot overflow.</summary>
public sealed class RolloverProperties
{
    private const int Cases = 20_000;

    [Fact]
    public void A_rollover_does_what_its_policy_says() => Gen.Select(
        BudgetSamples.Any, Gen.Enum<RolloverPolicy>(), BudgetSamples.Amount, Gen.Long[1, 5]).Sample(
        (state, policy, allocated, periods) =>
        {
            var model = ModelBudget.Of(state);
            for (var period = 0; period < periods; period++)
            {
                Roll(model, policy, allocated);
            }

            var next = state.Apply(Rollover.Plan(state, policy, allocated, periods));

            return next.Spent == 0 && next.Reserved == state.Reserved && next.Debt == state.Debt
                && next.IsOverLimit == (state.Debt > state.OverdraftLimit)
                && (model.Fits ? model.Is(next) : next.Allocated == Nearest(model));
        },
        iter: Cases);

    [Fact]
    public void No_state_keeps_a_period_from_ending() => Gen.Select(
        BudgetSamples.Any, Gen.Enum<RolloverPolicy>(), BudgetSamples.Amount, Gen.OneOf(Gen.Long[1, 100], Gen.Const(long.MaxValue))).Sample(
        (state, policy, allocated, periods) =>
            state.TryApply(Rollover.Plan(state, policy, allocated, periods), out var next)
            && (Int128)next.Allocated - next.Spent - next.Reserved - next.Debt == next.Remaining,
        iter: Cases);

    [Fact]
    public void Carrying_forward_loses_nothing_and_counts_nothing_twice() => Gen.Select(
        Gen.Long[0, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000]).Sample(
        (allocated, spent, reserved, debt, each) =>
        {
            spent = Math.Min(spent, allocated);
            var state = new BudgetState(BudgetStatus.Active, allocated, spent, reserved, debt, 0, false);

            var next = state.Apply(Rollover.Plan(state, RolloverPolicy.CarryForward, each, 1));

            // What was there, and what the period brings: no more and no less is there to be had.
            return next.Remaining == state.Remaining + each;
        },
        iter: Cases);

    [Theory]
    [InlineData(RolloverPolicy.None, 1, 100)]
    [InlineData(RolloverPolicy.None, 3, 100)]
    [InlineData(RolloverPolicy.CarryForward, 1, 220)]
    [InlineData(RolloverPolicy.CarryForward, 3, 420)]
    [InlineData(RolloverPolicy.CapAtAllocated, 1, 200)]
    [InlineData(RolloverPolicy.CapAtAllocated, 3, 200)]
    public void What_is_carried_over_is_what_was_not_spent(RolloverPolicy policy, long periods, long allocated)
    {
        var state = new BudgetState(BudgetStatus.Frozen, Allocated: 150, Spent: 30, Reserved: 20, Debt: 5, OverdraftLimit: 10, IsOverLimit: true);

        var next = state.Apply(Rollover.Plan(state, policy, 100, periods));

        Assert.Equal(new BudgetState(BudgetStatus.Frozen, allocated, 0, 20, 5, 10, false), next);
    }

    /// <summary>One period after the other, as the text says it.</summary>
    private static void Roll(ModelBudget budget, RolloverPolicy policy, BigInteger each)
    {
        var unused = BigInteger.Max(budget.Allocated - budget.Spent, 0);
        budget.Allocated = policy switch
        {
            RolloverPolicy.None => each,
            RolloverPolicy.CarryForward => each + unused,
            _ => each + BigInteger.Min(unused, each),
        };
        budget.Spent = 0;
        budget.OverLimit = budget.Debt > budget.Limit;
    }

    /// <summary>The allocation nearest to the model's that an int64, and the remaining that it leaves, can say.</summary>
    private static BigInteger Nearest(ModelBudget model) => BigInteger.Min(
        BigInteger.Max(model.Allocated, model.Reserved + model.Debt + long.MinValue), long.MaxValue);
}
