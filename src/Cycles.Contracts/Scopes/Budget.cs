namespace Cycles.Contracts.Scopes;

/// <summary>A budget as it stands: what it is and its numbers.</summary>
/// <param name="Record">What it is.</param>
/// <param name="State">Its numbers.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget")]
public sealed record Budget([property: Id(0)] BudgetRecord Record, [property: Id(1)] BudgetState State);
