using Cycles.Grains.Journal;

namespace Cycles.Grains.Budgets;

/// <summary>A budget has changed.</summary>
/// <param name="Key">Which.</param>
/// <param name="Part">How much of it.</param>
[GenerateSerializer, Immutable, Alias("cycles.fact.budget-changed")]
internal sealed record BudgetChanged([property: Id(0)] BudgetKey Key, [property: Id(1)] BudgetPart Part) : Fact
{
    public override FactKind Kind => FactKind.Budgets;

    public override object Subject => Key;

    /// <summary>The change that an operation makes of a budget's numbers.</summary>
    public static BudgetChanged By(BudgetKey key, BudgetDelta delta) =>
        new(key, delta == BudgetDelta.Hold(delta.Reserved) ? BudgetPart.Reserved : BudgetPart.Numbers);

    public override Fact After(Fact earlier) => earlier is BudgetChanged { Part: var part } && part < Part ? this with { Part = part } : this;
}

/// <summary>Which part of a budget has changed. Of two changes the smaller value is kept: it covers more.</summary>
internal enum BudgetPart
{
    /// <summary>Anything.</summary>
    Record,

    /// <summary>Its numbers.</summary>
    Numbers,

    /// <summary>What is reserved, and no other number: no list is sorted or filtered by that.</summary>
    Reserved,
}
