using System.IO.Hashing;
using System.Text;
using Cycles.Grains.Addressing;
using Orleans.Runtime.Placement;

namespace Cycles.Grains.Placement;

/// <summary>
/// Rendezvous hashing of the tenant over the silos: every silo computes the same answer, and when a silo comes or goes only the tenants
/// that it gains or loses move.
/// </summary>
internal sealed class TenantPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (silos.Length == 1)
        {
            return Task.FromResult(silos[0]);
        }

        return Task.FromResult(PlaceOf(GrainTenant.Of(target.GrainIdentity.Key.ToString()!), silos));
    }

    /// <summary>Where the tenant's grains belong.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="silos">The silos that are active, at least one.</param>
    public static SiloAddress PlaceOf(string tenant, SiloAddress[] silos)
    {
        var best = silos[0];
        var bestScore = ulong.MinValue;
        foreach (var silo in silos)
        {
            var score = Score(tenant, silo);
            if (score > bestScore || (score == bestScore && silo.CompareTo(best) > 0))
            {
                (best, bestScore) = (silo, score);
            }
        }

        return best;
    }

    private static ulong Score(string tenant, SiloAddress silo) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{tenant}@{silo}"));
}
