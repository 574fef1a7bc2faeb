using Cycles.Contracts.Calls;
using Cycles.Contracts.Store;

namespace Cycles.Contracts.Cluster;

/// <summary>Tells whether a silo can serve (key: 0).</summary>
[Alias("cycles.health"), ClientAccess(ClientAccess.Gateways)]
public interface IHealthGrain : IGrainWithIntegerKey
{
    /// <summary>Answers when the store answers this silo and can make changes durable.</summary>
    /// <exception cref="StoreUnavailableException">It cannot.</exception>
    [Alias("check"), AnyRoute]
    ValueTask Check();
}
