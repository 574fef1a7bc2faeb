using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Scopes;

/// <summary>Charges beyond a hold over several scopes, by the overage policy.</summary>
internal static class OverageCharge
{
    /// <summary>
    /// Most excesses are covered: that needs shared locks only, which many charges hold at once. Only what is not covered decides on exact
    /// numbers, alone on every scope.
    /// </summary>
    /// <param name="locks">The operation's locks, none held yet.</param>
    /// <param name="scopes">Their scopes, root first.</param>
    /// <param name="covered">Cover for a commit, Charge for an event.</param>
    /// <param name="policy">What may be taken.</param>
    /// <param name="held">The reservation's amount; 0 for an event.</param>
    /// <param name="actual">The cost.</param>
    /// <param name="sweep">Gives back what has lapsed; false when nothing had.</param>
    public static async ValueTask<Charge> ChargeAsync(
        ScopeLocks locks,
        ScopePath[] scopes,
        LockKind covered,
        OveragePolicy policy,
        long held,
        long actual,
        Func<ValueTask<bool>> sweep)
    {
        var delta = BudgetDelta.Settle(held, actual);
        var (refusal, scope) = await locks.LockAsync(covered, delta);
        if (refusal == Refusal.Exceeded && await sweep())
        {
            (refusal, scope) = await locks.LockAsync(covered, delta);
        }

        if (refusal == Refusal.None)
        {
            return new Charge(null, actual, locks, locks.States);
        }

        if (refusal != Refusal.Exceeded || policy == OveragePolicy.Reject)
        {
            return Charge.Refused(refusal.ToProblem(scope));
        }

        await locks.LockAsync(LockKind.Exclusive, default);
        var states = locks.States;
        var (closed, at) = covered == LockKind.Charge
            ? PathRefusal.First(Array.ConvertAll(states, state => state.CheckOpen()))
            : (Refusal.None, -1);
        var overage = closed == Refusal.None ? Overage.Charge(policy, held, actual, states) : new Overage(closed, at, 0, []);
        if (overage.Refusal != Refusal.None)
        {
            await locks.CompleteAsync(LockOutcome.Abandoned);
            return Charge.Refused(overage.Refusal.ToProblem(scopes[overage.RefusedAt]));
        }

        locks.Decide(overage.Deltas);
        var balances = new BudgetState[states.Length];
        for (var i = 0; i < states.Length; i++)
        {
            balances[i] = states[i].Apply(overage.Deltas[i]);
        }

        return new Charge(null, overage.Charged, locks, balances);
    }
}
