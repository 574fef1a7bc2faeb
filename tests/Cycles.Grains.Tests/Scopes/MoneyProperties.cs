using CsCheck;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Grains.Scopes;
using Cycles.Grains.Tests.Budgets;
using Cycles.Grains.Tests.Model;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Tests.Scopes;

/// <summary>The ledger's rules against an independent model of the protocol's money rules.</summary>
public sealed class MoneyProperties
{
    private const int Cases = 20_000;

    [Fact]
    public void A_reserve_is_refused_as_the_protocol_orders_its_checks() => Gen.Select(BudgetSamples.Any, BudgetSamples.Amount).Sample(
        (state, amount) => state.CheckReserve(amount) == ModelLedger.Reserve(ModelBudget.Of(state), amount), iter: Cases);

    [Fact]
    public void A_hold_and_its_return_leave_everything_as_it_was() => Gen.Select(BudgetSamples.Any, BudgetSamples.Amount).Sample(
        (state, amount) => !state.TryApply(BudgetDelta.Hold(amount), out var held)
            || (held.Reserved == state.Reserved + amount && held.Apply(BudgetDelta.GiveBack(amount)) == state),
        iter: Cases);

    [Fact]
    public void A_charge_above_its_hold_does_what_the_overage_policy_says() => Gen.Select(
        Gen.Enum<OveragePolicy>(), BudgetSamples.Any.Array[1, 6], BudgetSamples.Amount, BudgetSamples.Amount).Sample(
        (policy, states, held, excess) =>
        {
            // A hold is a part of what is reserved, on every scope.
            held = Math.Min(held, states.Min(state => state.Reserved));
            var actual = (long)Int128.Min((Int128)held + excess, long.MaxValue);
            var path = Array.ConvertAll(states, ModelBudget.Of);
            var expected = ModelLedger.Charge(policy, held, actual, path);

            var overage = Overage.Charge(policy, held, actual, states);

            if (expected.Refusal != Refusal.None)
            {
                // Which of several scopes refuses first, and why, may differ; that nothing happens may not.
                return overage.Refusal != Refusal.None && overage.Deltas.Length == 0;
            }

            return overage.Refusal == Refusal.None
                && overage.Charged == expected.Charged
                && states.Zip(overage.Deltas, (state, delta) => state.Apply(delta)).Zip(path, (state, model) => model.Is(state)).All(same => same);
        },
        iter: Cases);

    [Fact]
    public void A_refused_charge_says_what_the_model_says_when_one_scope_is_charged() => Gen.Select(
        Gen.Enum<OveragePolicy>(), BudgetSamples.Any, BudgetSamples.Amount, BudgetSamples.Amount).Sample(
        (policy, state, held, excess) =>
        {
            held = Math.Min(held, state.Reserved);
            var actual = (long)Int128.Min((Int128)held + excess, long.MaxValue);

            return Overage.Charge(policy, held, actual, [state]).Refusal
                == ModelLedger.Charge(policy, held, actual, [ModelBudget.Of(state)]).Refusal;
        },
        iter: Cases);

    [Fact]
    public void A_funding_does_what_its_operation_says() => Gen.Select(
        BudgetSamples.Any, Gen.Enum<FundingOperation>(), BudgetSamples.Amount, BudgetSamples.Amount).Sample(
        (state, operation, amount, spent) =>
        {
            var model = ModelBudget.Of(state);
            var expected = ModelLedger.Fund(model, operation, amount, spent);

            var refusal = Funding.Plan(state, operation, amount, spent, out var delta);

            return refusal == expected && (refusal != Refusal.None ? delta == default : model.Is(state.Apply(delta)));
        },
        iter: Cases);

    [Fact]
    public void What_does_not_fit_an_int64_changes_nothing() => Gen.Select(BudgetSamples.Any, BudgetSamples.Amount, BudgetSamples.Amount).Sample(
        (state, spent, reserved) =>
        {
            var model = ModelBudget.Of(state);
            model.Spent += spent;
            model.Reserved += reserved;

            return state.TryApply(new BudgetDelta(Spent: spent, Reserved: reserved), out var next) == model.Fits
                && (model.Fits ? model.Is(next) : next == state);
        },
        iter: Cases);

    [Fact]
    public void No_number_goes_below_zero()
    {
        var state = new BudgetState(BudgetStatus.Active, 100, 10, 20, 5, 0, false);

        Assert.False(state.TryApply(BudgetDelta.GiveBack(21), out _));
        Assert.False(state.TryApply(new BudgetDelta(Spent: -11), out _));
        Assert.False(state.TryApply(new BudgetDelta(Debt: -6), out _));
        Assert.False(state.TryApply(new BudgetDelta(Allocated: -101), out _));
        Assert.True(state.TryApply(new BudgetDelta(Allocated: -100, Spent: -10, Reserved: -20, Debt: -5), out _));
    }
}
