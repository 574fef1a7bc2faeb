using Orleans.Placement;

namespace Cycles.Grains.Placement;

/// <summary>Puts a grain on the silo whose address its key is, and nowhere else.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloPlacementAttribute() : PlacementAttribute(new SiloPlacement());
