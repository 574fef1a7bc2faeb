using Cycles.Protocol.Budgets;

namespace Cycles.Contracts.Scopes;

/// <summary>
/// The numbers of one budget (one scope, one unit). A value: every rule takes one and gives another. Invariants: no member is
/// negative, and <see cref="Remaining"/> fits in an int64.
/// </summary>
/// <param name="Status">The budget's status.</param>
/// <param name="Allocated">The total cap.</param>
/// <param name="Spent">Committed.</param>
/// <param name="Reserved">Held by active reservations.</param>
/// <param name="Debt">Consumed beyond the budget, not repaid yet.</param>
/// <param name="OverdraftLimit">The largest debt allowed; 0 permits no overdraft.</param>
/// <param name="IsOverLimit">Whether new reservations are blocked until an operator reconciles.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget-state")]
public readonly record struct BudgetState(
    [property: Id(0)] BudgetStatus Status,
    [property: Id(1)] long Allocated,
    [property: Id(2)] long Spent,
    [property: Id(3)] long Reserved,
    [property: Id(4)] long Debt,
    [property: Id(5)] long OverdraftLimit,
    [property: Id(6)] bool IsOverLimit)
{
    /// <summary>LEDGER INVARIANT (NORMATIVE): allocated − spent − reserved − debt. Negative when overdrawn.</summary>
    public long Remaining => (long)((Int128)Allocated - Spent - Reserved - Debt);

    /// <summary>What may still be taken: <see cref="Remaining"/>, never below 0.</summary>
    public long Available => Math.Max(Remaining, 0);
}
