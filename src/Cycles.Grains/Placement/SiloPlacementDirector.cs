using Orleans.Runtime.Placement;

namespace Cycles.Grains.Placement;

/// <summary>Finds the silo; fails when it is not active any more, for nobody else can stand in for it.</summary>
internal sealed class SiloPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var address = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return Array.IndexOf(context.GetCompatibleSilos(target), address) >= 0
            ? Task.FromResult(address)
            : throw new SiloUnavailableException($"silo {address} is not active");
    }
}
