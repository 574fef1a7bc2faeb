namespace Cycles.Grains.Indexes;

/// <summary>What has changed on one silo since an index asked the last time; what it has become stands in the store.</summary>
/// <param name="Tenants">Of these anything may have changed.</param>
/// <param name="Budgets">Single budgets.</param>
[GenerateSerializer, Immutable, Alias("cycles.silo-changes")]
internal sealed record SiloChanges([property: Id(0)] string[] Tenants, [property: Id(1)] ChangedBudget[] Budgets);

/// <summary>A budget that has changed.</summary>
/// <param name="Key">Which.</param>
/// <param name="Change">How much of it.</param>
[GenerateSerializer, Immutable, Alias("cycles.changed-budget")]
internal readonly record struct ChangedBudget([property: Id(0)] BudgetKey Key, [property: Id(2)] BudgetChange Change);

/// <summary>How much of a budget has changed: of two changes the lesser value says what they come to.</summary>
internal enum BudgetChange
{
    /// <summary>Anything.</summary>
    Record,

    /// <summary>Its numbers.</summary>
    Numbers,

    /// <summary>What is reserved, and no other number: no list is sorted or filtered by that.</summary>
    Reserved,
}
