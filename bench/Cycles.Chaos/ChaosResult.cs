using Cycles.Chaos.Faults;

namespace Cycles.Chaos;

/// <summary>What a run has found.</summary>
/// <param name="Faults">Each fault and what it did to the tenants, in order.</param>
/// <param name="Wrong">What was wrong, at most 50 texts.</param>
internal sealed record ChaosResult(IReadOnlyList<FaultResult> Faults, IReadOnlyList<string> Wrong);
