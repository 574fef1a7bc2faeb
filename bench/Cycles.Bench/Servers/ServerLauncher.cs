namespace Cycles.Bench.Servers;

/// <summary>Starts a server on empty data, as often as the bench wants one.</summary>
internal sealed class ServerLauncher(string gatewayAssembly, string dataFolder)
{
    public Task<ServerUnderTest> StartAsync(StoreKind store, CancellationToken cancellation, string? probeSocket = null) =>
        ServerUnderTest.StartAsync(gatewayAssembly, dataFolder, store, probeSocket, cancellation);
}
