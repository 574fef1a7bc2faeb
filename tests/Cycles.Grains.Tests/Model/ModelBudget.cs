using System.Numerics;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Tests.Model;

/// <summary>A budget as the protocol describes it, in numbers that cannot overflow. Written from its text, not from our code.</summary>
internal sealed class ModelBudget
{
    public BigInteger Allocated { get; set; }

    public BigInteger Spent { get; set; }

    public BigInteger Reserved { get; set; }

    public BigInteger Debt { get; set; }

    public BigInteger Limit { get; set; }

    public bool OverLimit { get; set; }

    public BudgetStatus Status { get; set; }

    public BigInteger Remaining => Allocated - Spent - Reserved - Debt;

    public BigInteger Positive => Remaining > 0 ? Remaining : 0;

    /// <summary>Whether every number of it can be said on the wire.</summary>
    public bool Fits => new[] { Allocated, Spent, Reserved, Debt }.All(number => number >= 0 && number <= long.MaxValue)
        && Remaining >= long.MinValue && Remaining <= long.MaxValue;

    public static ModelBudget Of(BudgetState state) => new()
    {
        Allocated = state.Allocated,
        Spent = state.Spent,
        Reserved = state.Reserved,
        Debt = state.Debt,
        Limit = state.OverdraftLimit,
        OverLimit = state.IsOverLimit,
        Status = state.Status,
    };

    public ModelBudget Copy() => (ModelBudget)MemberwiseClone();

    public bool Is(BudgetState state) =>
        state.Allocated == Allocated && state.Spent == Spent && state.Reserved == Reserved && state.Debt == Debt
        && state.IsOverLimit == OverLimit && state.Status == Status && state.Remaining == Remaining;
}
