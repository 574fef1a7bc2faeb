namespace Cycles.Grains.Budgets;

/// <summary>A change to the numbers of one budget. Deltas commute, so that the store adds them up in any order.</summary>
/// <param name="Allocated">Added to what is allocated.</param>
/// <param name="Spent">Added to what is spent.</param>
/// <param name="Reserved">Added to what is held.</param>
/// <param name="Debt">Added to the debt.</param>
/// <param name="OverLimit">What the over-limit flag becomes; null leaves it.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget-delta")]
internal readonly record struct BudgetDelta(
    [property: Id(0)] long Allocated = 0,
    [property: Id(1)] long Spent = 0,
    [property: Id(2)] long Reserved = 0,
    [property: Id(3)] long Debt = 0,
    [property: Id(4)] bool? OverLimit = null)
{
    /// <summary>Holds <paramref name="amount"/>.</summary>
    public static BudgetDelta Hold(long amount) => new(Reserved: amount);

    /// <summary>Gives a hold of <paramref name="amount"/> back: release and expiry.</summary>
    public static BudgetDelta GiveBack(long amount) => new(Reserved: checked(-amount));

    /// <summary>Turns a hold of <paramref name="held"/> into <paramref name="charged"/> spent.</summary>
    public static BudgetDelta Settle(long held, long charged) => new(Spent: charged, Reserved: checked(-held));
}
