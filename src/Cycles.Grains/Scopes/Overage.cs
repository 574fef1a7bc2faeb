using System.Diagnostics;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Scopes;

/// <summary>What a charge beyond the hold does to each budget (schemas <c>CommitOveragePolicy</c>, <c>EventCreateRequest</c>).</summary>
/// <param name="Refusal">Why nothing is charged, or <see cref="Refusal.None"/>.</param>
/// <param name="RefusedAt">The index of the budget that refuses; −1 when none does.</param>
/// <param name="Charged">What every scope is charged in all, the hold's share included.</param>
/// <param name="Deltas">The change of each budget, in the order of the states; empty on a refusal.</param>
internal readonly record struct Overage(Refusal Refusal, int RefusedAt, long Charged, BudgetDelta[] Deltas)
{
    /// <summary>
    /// Charges <paramref name="actual"/> against a hold of <paramref name="held"/> on every budget (0 for an event). The states are
    /// those <b>before</b> the hold is given back, as the hold stays covered by the reservation.
    /// </summary>
    /// <param name="policy">REJECT charges only what every budget covers in full.</param>
    /// <param name="held">The reservation's amount; 0 for an event.</param>
    /// <param name="actual">The cost; at least <paramref name="held"/>.</param>
    /// <param name="states">The budgeted scopes, root first.</param>
    public static Overage Charge(OveragePolicy policy, long held, long actual, ReadOnlySpan<BudgetState> states)
    {
        Debug.Assert(actual >= held && held >= 0, "only the excess over a hold needs a policy");
        var excess = actual - held;
        var capped = policy == OveragePolicy.Reject ? excess : Cap(policy, excess, states);
        var deltas = new BudgetDelta[states.Length];
        for (var i = 0; i < states.Length; i++)
        {
            var state = states[i];
            var funded = capped;
            var deficit = 0L;
            if (policy == OveragePolicy.Reject && state.Remaining < excess)
            {
                return Refused(Refusal.Exceeded, i);
            }

            if (Overdraws(policy, state) && state.Remaining < capped)
            {
                funded = Math.Min(state.Available, capped);
                deficit = capped - funded;
                if ((Int128)state.Debt + deficit > state.OverdraftLimit)
                {
                    return Refused(Refusal.OverLimit, i);
                }
            }

            var fallsShort = !Overdraws(policy, state) && state.Remaining < excess;
            deltas[i] = new BudgetDelta(
                Spent: held + funded,
                Reserved: -held,
                Debt: deficit,
                OverLimit: fallsShort ? true : null);
            if (!state.TryApply(deltas[i], out _))
            {
                return Refused(Refusal.Overflow, i);
            }
        }

        return new Overage(Refusal.None, -1, held + capped, deltas);
    }

    /// <summary>The excess that may be charged: what every budget that may not go into debt still has.</summary>
    private static long Cap(OveragePolicy policy, long excess, ReadOnlySpan<BudgetState> states)
    {
        var capped = excess;
        foreach (var state in states)
        {
            if (!Overdraws(policy, state))
            {
                capped = Math.Min(capped, state.Available);
            }
        }

        return capped;
    }

    /// <summary>OVERDRAFT LIMIT: an absent or zero limit behaves as ALLOW_IF_AVAILABLE.</summary>
    private static bool Overdraws(OveragePolicy policy, BudgetState state) =>
        policy == OveragePolicy.AllowWithOverdraft && state.OverdraftLimit > 0;

    private static Overage Refused(Refusal refusal, int at) => new(refusal, at, 0, []);
}
