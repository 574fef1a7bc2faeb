using Cycles.Grains.Placement;

namespace Cycles.Grains.Cluster;

/// <summary>Tells whether a silo can serve (key: 0).</summary>
[Alias("cycles.health"), ClientAccess(ClientAccess.Gateways)]
public interface IHealthGrain : IGrainWithIntegerKey
{
    /// <summary>Answers when the store answers this silo and can make changes durable.</summary>
    /// <exception cref="Store.StoreUnavailableException">It cannot.</exception>
    [Alias("check"), AnyRoute]
    ValueTask Check();
}
