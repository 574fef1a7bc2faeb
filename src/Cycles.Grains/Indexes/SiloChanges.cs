namespace Cycles.Grains.Indexes;

/// <summary>What has changed on one silo since an index asked the last time; what it has become stands in the store.</summary>
/// <param name="Tenants">Of these anything may have changed.</param>
/// <param name="Budgets">Single budgets.</param>
[GenerateSerializer, Immutable, Alias("cycles.silo-changes")]
public sealed record SiloChanges([property: Id(0)] string[] Tenants, [property: Id(1)] ChangedBudget[] Budgets);

/// <summary>A budget that has changed.</summary>
/// <param name="Key">Which.</param>
/// <param name="InRecord">Whether more than its numbers has.</param>
[GenerateSerializer, Immutable, Alias("cycles.changed-budget")]
public readonly record struct ChangedBudget([property: Id(0)] BudgetKey Key, [property: Id(1)] bool InRecord);
