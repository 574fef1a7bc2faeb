using CsCheck;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Tests.Budgets;

/// <summary>Budgets and amounts to try, the edges of int64 among them.</summary>
internal static class BudgetSamples
{
    public static readonly Gen<long> Amount = Gen.Frequency(
        (6, Gen.Long[0, 100]),
        (2, Gen.Const(0L)),
        (1, Gen.Long[long.MaxValue - 100, long.MaxValue]),
        (1, Gen.Long[0, long.MaxValue]));

    /// <summary>Any state that the rules can lead to: no member negative, remaining in range.</summary>
    public static readonly Gen<BudgetState> Any = Gen.Select(
        Gen.Frequency((5, Gen.Const(BudgetStatus.Active)), (1, Gen.Const(BudgetStatus.Frozen)), (1, Gen.Const(BudgetStatus.Closed))),
        Amount,
        Amount,
        Amount,
        Amount,
        Amount,
        Gen.Bool).Select((status, allocated, spent, reserved, debt, limit, isOverLimit) =>
            new BudgetState(status, allocated, spent, reserved, debt, limit, isOverLimit)).Where(IsInRange);

    private static bool IsInRange(BudgetState state)
    {
        var remaining = (Int128)state.Allocated - state.Spent - state.Reserved - state.Debt;
        return remaining >= long.MinValue && remaining <= long.MaxValue;
    }
}
