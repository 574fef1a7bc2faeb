namespace Cycles.Grains.Budgets;

/// <summary>Why a budget refuses. Each has its error code and, on evaluations, its reason code.</summary>
internal enum Refusal
{
    /// <summary>It does not refuse.</summary>
    None,

    /// <summary>BUDGET_FROZEN.</summary>
    Frozen,

    /// <summary>BUDGET_CLOSED.</summary>
    Closed,

    /// <summary>OVERDRAFT_LIMIT_EXCEEDED: the scope is over limit, or the debt would pass its limit.</summary>
    OverLimit,

    /// <summary>DEBT_OUTSTANDING.</summary>
    DebtOutstanding,

    /// <summary>BUDGET_EXCEEDED.</summary>
    Exceeded,

    /// <summary>A number would leave the int64 range.</summary>
    Overflow,

    /// <summary>There is no such budget (any more).</summary>
    NoBudget,

    /// <summary>As far as the scope knows, what is to be given back was never taken: the scope has missed a change. No caller is told.</summary>
    Stale,
}
