using Orleans.Messaging;

namespace Cycles.Gateway.Silos;

/// <summary>The silos by way of which Orleans may send requests: those of the cluster's table that are not silent.</summary>
/// <param name="table">Reads the cluster's table.</param>
/// <param name="silent">Which are silent.</param>
internal sealed class AnsweringSilos(IGatewayListProvider table, SilentSilos silent) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => table.MaxStaleness;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => table.InitializeGatewayListProvider();

    public async Task<IList<Uri>> GetGateways() => silent.Choose(await table.GetGateways());
}
