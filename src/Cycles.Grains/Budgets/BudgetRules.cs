using Cycles.Contracts.Scopes;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Budgets;

/// <summary>The rules of one budget as pure functions of its numbers.</summary>
internal static class BudgetRules
{
    /// <summary>
    /// Whether a new reservation of <paramref name="amount"/> may be held now. The checks stand in the protocol's order: status,
    /// over-limit, debt, remaining (equal is enough).
    /// </summary>
    /// <param name="state">The budget.</param>
    /// <param name="amount">The estimate, at least 0.</param>
    public static Refusal CheckReserve(this in BudgetState state, long amount)
    {
        if (state.CheckOpen() is var refusal and not Refusal.None)
        {
            return refusal;
        }

        if (state.IsOverLimit)
        {
            return Refusal.OverLimit;
        }

        return state.Debt > 0 && state.OverdraftLimit == 0 ? Refusal.DebtOutstanding : state.CheckCovers(amount);
    }

    /// <summary>Whether the budget takes new work at all: neither frozen nor closed.</summary>
    public static Refusal CheckOpen(this in BudgetState state) => state.Status switch
    {
        BudgetStatus.Active => Refusal.None,
        BudgetStatus.Frozen => Refusal.Frozen,
        BudgetStatus.Closed => Refusal.Closed,
        _ => throw new InvalidOperationException($"budget status {state.Status} is unknown"),
    };

    /// <summary>Whether <paramref name="amount"/> can be taken from what remains, whatever else is wrong with the budget.</summary>
    public static Refusal CheckCovers(this in BudgetState state, long amount) => state.Remaining < amount ? Refusal.Exceeded : Refusal.None;

    /// <summary>
    /// Adds <paramref name="delta"/>. False, and nothing changed, when a member would leave its range: an operation that would
    /// overflow is refused, never wrapped.
    /// </summary>
    public static bool TryApply(this in BudgetState state, BudgetDelta delta, out BudgetState next)
    {
        next = state;
        Int128 allocated = (Int128)state.Allocated + delta.Allocated;
        Int128 spent = (Int128)state.Spent + delta.Spent;
        Int128 reserved = (Int128)state.Reserved + delta.Reserved;
        Int128 debt = (Int128)state.Debt + delta.Debt;
        var remaining = allocated - spent - reserved - debt;
        if (!IsAmount(allocated) || !IsAmount(spent) || !IsAmount(reserved) || !IsAmount(debt)
            || remaining < long.MinValue || remaining > long.MaxValue)
        {
            return false;
        }

        next = state with
        {
            Allocated = (long)allocated,
            Spent = (long)spent,
            Reserved = (long)reserved,
            Debt = (long)debt,
            IsOverLimit = delta.OverLimit ?? state.IsOverLimit,
        };
        return true;
    }

    /// <summary>As <see cref="TryApply"/>, for a delta that was checked when it was made.</summary>
    /// <exception cref="InvalidOperationException">The delta does not fit: an invariant of this system is broken.</exception>
    public static BudgetState Apply(this in BudgetState state, BudgetDelta delta) =>
        state.TryApply(delta, out var next) ? next : throw new InvalidOperationException($"{delta} does not fit {state}");

    private static bool IsAmount(Int128 value) => value >= 0 && value <= long.MaxValue;
}
