namespace Cycles.Grains.Placement;

/// <summary>The placement that <see cref="SiloPlacementDirector"/> directs.</summary>
[GenerateSerializer, Immutable, Alias("cycles.silo-placement")]
internal sealed class SiloPlacement : PlacementStrategy;
