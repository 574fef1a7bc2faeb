using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Budgets;

/// <summary>How a budget's refusal is said: as an error on what persists, as a reason code on evaluations.</summary>
internal static class Refusals
{
    public static Problem ToProblem(this Refusal refusal, ScopePath scope) => refusal switch
    {
        Refusal.Frozen => new Problem(ErrorCode.BudgetFrozen, $"Budget for scope {scope} is frozen"),
        Refusal.Closed => new Problem(ErrorCode.BudgetClosed, $"Budget for scope {scope} is closed"),
        Refusal.OverLimit => new Problem(ErrorCode.OverdraftLimitExceeded, $"Scope {scope} is over its overdraft limit"),
        Refusal.DebtOutstanding => new Problem(ErrorCode.DebtOutstanding, $"Scope {scope} has outstanding debt"),
        Refusal.Exceeded => new Problem(ErrorCode.BudgetExceeded, $"Insufficient remaining budget for scope {scope}"),
        Refusal.Overflow => new Problem(ErrorCode.InvalidRequest, $"The amount would take a number of scope {scope} out of the int64 range"),
        Refusal.NoBudget => new Problem(ErrorCode.NotFound, $"Budget not found for provided scope: {scope}"),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "not a refusal"),
    };

    public static string ToReasonCode(this Refusal refusal) => refusal switch
    {
        Refusal.Frozen => "BUDGET_FROZEN",
        Refusal.Closed => "BUDGET_CLOSED",
        Refusal.OverLimit => "OVERDRAFT_LIMIT_EXCEEDED",
        Refusal.DebtOutstanding => "DEBT_OUTSTANDING",
        Refusal.Exceeded => "BUDGET_EXCEEDED",
        Refusal.NoBudget => "BUDGET_NOT_FOUND",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "has no reason code"),
    };
}
