using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Scopes;

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
    public long Remaining => (long)WideRemaining(Allocated, Spent, Reserved, Debt);

    /// <summary>What may still be taken: <see cref="Remaining"/>, never below 0.</summary>
    public long Available => Math.Max(Remaining, 0);

    /// <summary>
    /// Whether a new reservation of <paramref name="amount"/> may be held now. The checks stand in the protocol's order: status,
    /// over-limit, debt, remaining (equal is enough).
    /// </summary>
    /// <param name="amount">The estimate, at least 0.</param>
    public Refusal CheckReserve(long amount)
    {
        if (CheckOpen() is var refusal and not Refusal.None)
        {
            return refusal;
        }

        if (IsOverLimit)
        {
            return Refusal.OverLimit;
        }

        return Debt > 0 && OverdraftLimit == 0 ? Refusal.DebtOutstanding : CheckCovers(amount);
    }

    /// <summary>Whether the budget takes new work at all: neither frozen nor closed.</summary>
    public Refusal CheckOpen() => Status switch
    {
        BudgetStatus.Active => Refusal.None,
        BudgetStatus.Frozen => Refusal.Frozen,
        BudgetStatus.Closed => Refusal.Closed,
        _ => throw new InvalidOperationException($"budget status {Status} is unknown"),
    };

    /// <summary>Whether <paramref name="amount"/> can be taken from what remains, whatever else is wrong with the budget.</summary>
    public Refusal CheckCovers(long amount) => Remaining < amount ? Refusal.Exceeded : Refusal.None;

    /// <summary>
    /// Adds <paramref name="delta"/>. False, and nothing changed, when a member would leave its range: an operation that would
    /// overflow is refused, never wrapped.
    /// </summary>
    public bool TryApply(BudgetDelta delta, out BudgetState next)
    {
        next = this;
        Int128 allocated = (Int128)Allocated + delta.Allocated;
        Int128 spent = (Int128)Spent + delta.Spent;
        Int128 reserved = (Int128)Reserved + delta.Reserved;
        Int128 debt = (Int128)Debt + delta.Debt;
        var remaining = WideRemaining(allocated, spent, reserved, debt);
        if (!IsAmount(allocated) || !IsAmount(spent) || !IsAmount(reserved) || !IsAmount(debt)
            || remaining < long.MinValue || remaining > long.MaxValue)
        {
            return false;
        }

        next = this with
        {
            Allocated = (long)allocated,
            Spent = (long)spent,
            Reserved = (long)reserved,
            Debt = (long)debt,
            IsOverLimit = delta.OverLimit ?? IsOverLimit,
        };
        return true;
    }

    /// <summary>As <see cref="TryApply"/>, for a delta that was checked when it was made.</summary>
    /// <exception cref="InvalidOperationException">The delta does not fit: an invariant of this system is broken.</exception>
    public BudgetState Apply(BudgetDelta delta) =>
        TryApply(delta, out var next) ? next : throw new InvalidOperationException($"{delta} does not fit {this}");

    private static bool IsAmount(Int128 value) => value >= 0 && value <= long.MaxValue;

    private static Int128 WideRemaining(Int128 allocated, Int128 spent, Int128 reserved, Int128 debt) =>
        allocated - spent - reserved - debt;
}
