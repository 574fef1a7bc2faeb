using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Cycles.Grains.Placement;

/// <summary>The placement that <see cref="SiloPlacementDirector"/> directs.</summary>
[GenerateSerializer, Immutable, Alias("cycles.silo-placement")]
internal sealed class SiloPlacement : PlacementStrategy;

/// <summary>Puts a grain on the silo whose address its key is, and nowhere else.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloPlacementAttribute() : PlacementAttribute(new SiloPlacement());

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
