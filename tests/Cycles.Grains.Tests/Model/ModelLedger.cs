using System.Numerics;
using Cycles.Grains.Budgets;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Tests.Model;

/// <summary>The money rules over a path of budgets: all of them change, or none. Each answers the refusal, and where.</summary>
internal static class ModelLedger
{
    public static Refusal Reserve(ModelBudget budget, BigInteger amount)
    {
        if (budget.Status == BudgetStatus.Frozen)
        {
            return Refusal.Frozen;
        }

        if (budget.Status == BudgetStatus.Closed)
        {
            return Refusal.Closed;
        }

        if (budget.OverLimit)
        {
            return Refusal.OverLimit;
        }

        if (budget.Debt > 0 && budget.Limit == 0)
        {
            return Refusal.DebtOutstanding;
        }

        return budget.Remaining < amount ? Refusal.Exceeded : Refusal.None;
    }

    /// <summary>A commit of <paramref name="actual"/> on a hold of <paramref name="held"/>, or an event when that is 0.</summary>
    public static (Refusal Refusal, BigInteger Charged) Charge(OveragePolicy policy, long held, long actual, ModelBudget[] path)
    {
        BigInteger delta = (BigInteger)actual - held;
        var after = path.Select(budget => budget.Copy()).ToArray();
        if (policy == OveragePolicy.Reject)
        {
            if (path.Any(budget => budget.Remaining < delta))
            {
                return (Refusal.Exceeded, 0);
            }

            return Take(path, after, budget => budget.Spent += delta, held, actual);
        }

        bool GoesIntoDebt(ModelBudget budget) => policy == OveragePolicy.AllowWithOverdraft && budget.Limit > 0;

        var capped = delta;
        foreach (var budget in path.Where(budget => !GoesIntoDebt(budget)))
        {
            capped = BigInteger.Min(capped, BigInteger.Min(delta, budget.Positive));
        }

        foreach (var budget in after)
        {
            if (GoesIntoDebt(budget))
            {
                var funded = budget.Remaining >= capped ? capped : budget.Positive;
                if (budget.Remaining < capped && budget.Debt + capped - funded > budget.Limit)
                {
                    return (Refusal.OverLimit, 0);
                }

                (budget.Spent, budget.Debt) = (budget.Spent + funded, budget.Debt + capped - funded);
            }
            else
            {
                budget.OverLimit |= budget.Remaining < delta;
                budget.Spent += capped;
            }
        }

        return Take(path, after, _ => { }, held, held + capped);
    }

    public static Refusal Fund(ModelBudget budget, FundingOperation operation, long amount, long spent)
    {
        if (budget.Status != BudgetStatus.Active)
        {
            return budget.Status == BudgetStatus.Frozen ? Refusal.Frozen : Refusal.Closed;
        }

        var after = budget.Copy();
        switch (operation)
        {
            case FundingOperation.Credit:
                after.Allocated += amount;
                break;
            case FundingOperation.Debit when budget.Remaining < amount:
                return Refusal.Exceeded;
            case FundingOperation.Debit:
                after.Allocated -= amount;
                break;
            case FundingOperation.Reset:
                after.Allocated = amount;
                break;
            case FundingOperation.ResetSpent:
                (after.Allocated, after.Spent) = (amount, spent);
                break;
            default:
                var repaid = BigInteger.Min(amount, after.Debt);
                after.Debt -= repaid;
                after.Allocated += amount - repaid;
                break;
        }

        after.OverLimit = after.Debt > after.Limit;
        if (!after.Fits)
        {
            return Refusal.Overflow;
        }

        Put(after, budget);
        return Refusal.None;
    }

    private static (Refusal Refusal, BigInteger Charged) Take(
        ModelBudget[] path, ModelBudget[] after, Action<ModelBudget> charge, long held, BigInteger charged)
    {
        foreach (var budget in after)
        {
            charge(budget);
            budget.Reserved -= held;
            budget.Spent += held;
            if (!budget.Fits)
            {
                return (Refusal.Overflow, 0);
            }
        }

        for (var i = 0; i < path.Length; i++)
        {
            Put(after[i], path[i]);
        }

        return (Refusal.None, charged);
    }

    private static void Put(ModelBudget from, ModelBudget to) =>
        (to.Allocated, to.Spent, to.Reserved, to.Debt, to.OverLimit) = (from.Allocated, from.Spent, from.Reserved, from.Debt, from.OverLimit);
}
