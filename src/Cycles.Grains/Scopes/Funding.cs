using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Scopes;

/// <summary>The five funding operations as pure rules over the numbers of one budget.</summary>
internal static class Funding
{
    /// <summary>
    /// What <paramref name="operation"/> changes. The over-limit flag is recomputed (debt above its limit), so that funding is also
    /// how an operator clears it.
    /// </summary>
    /// <param name="state">The budget before.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="amount">At least 0.</param>
    /// <param name="spent">What RESET_SPENT sets as spent; at least 0; other operations ignore it.</param>
    /// <param name="delta">The change; only when nothing is refused.</param>
    /// <returns>Frozen, Closed, Exceeded (a DEBIT beyond what remains), Overflow, or None.</returns>
    public static Refusal Plan(BudgetState state, FundingOperation operation, long amount, long spent, out BudgetDelta delta)
    {
        delta = default;
        if (state.CheckOpen() is var refusal and not Refusal.None)
        {
            return refusal;
        }

        if (operation == FundingOperation.Debit && state.Remaining < amount)
        {
            return Refusal.Exceeded;
        }

        var repaid = Math.Min(state.Debt, amount);
        var change = operation switch
        {
            FundingOperation.Credit => new BudgetDelta(Allocated: amount),
            FundingOperation.Debit => new BudgetDelta(Allocated: -amount),
            FundingOperation.Reset => new BudgetDelta(Allocated: amount - state.Allocated),
            FundingOperation.ResetSpent => new BudgetDelta(Allocated: amount - state.Allocated, Spent: spent - state.Spent),
            FundingOperation.RepayDebt => new BudgetDelta(Allocated: amount - repaid, Debt: -repaid),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "not a funding operation"),
        };

        if (!state.TryApply(change, out var next))
        {
            return Refusal.Overflow;
        }

        delta = change with { OverLimit = next.Debt > next.OverdraftLimit };
        return Refusal.None;
    }
}
