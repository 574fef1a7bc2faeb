namespace Cycles.Grains.Placement;

/// <summary>The placement that <see cref="TenantPlacementDirector"/> directs.</summary>
[GenerateSerializer, Immutable, Alias("cycles.tenant-placement")]
internal sealed class TenantPlacement : PlacementStrategy;
