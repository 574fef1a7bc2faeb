using Orleans.Placement;

namespace Cycles.Grains.Placement;

/// <summary>Puts all grains of one tenant on one silo, so that the lock phase of a reservation is local calls.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TenantPlacementAttribute() : PlacementAttribute(new TenantPlacement());
