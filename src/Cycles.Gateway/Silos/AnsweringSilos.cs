using Orleans.Messaging;

namespace Cycles.Gateway.Silos;

/// <summary>The list from which Orleans chooses by way of which silo a request goes: all of the cluster's table, silent ones seldom (<see cref="SilentSilos.Choose"/>).</summary>
/// <param name="table">Reads the cluster's table.</param>
/// <param name="silent">Which are silent.</param>
internal sealed class AnsweringSilos(IGatewayListProvider table, SilentSilos silent) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => table.MaxStaleness;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => table.InitializeGatewayListProvider();

    public async Task<IList<Uri>> GetGateways() => silent.Choose(await table.GetGateways());
}
