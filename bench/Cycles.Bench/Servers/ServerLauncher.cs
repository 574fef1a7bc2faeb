using Cycles.Bench.Limits;

namespace Cycles.Bench.Servers;

/// <summary>Starts a server on data of its own, as often as the bench wants one.</summary>
internal sealed class ServerLauncher(string gatewayAssembly, string dataFolder)
{
    /// <summary>Starts one within a group of processes with limited memory.</summary>
    public Task<ServerUnderTest> StartAsync(StoreKind store, MemoryGroup group, CancellationToken cancellation) =>
        ServerUnderTest.StartAsync(gatewayAssembly, dataFolder, store, null, null, cancellation, group);

    /// <param name="store">The store.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <param name="probeSocket">Where the server tells what memory it holds.</param>
    /// <param name="fill">Writes to the store before the server starts: the folder of the embedded store, or the endpoint of Redis.</param>
    public Task<ServerUnderTest> StartAsync(
        StoreKind store, CancellationToken cancellation, string? probeSocket = null, Func<string, string?, Task>? fill = null) =>
        ServerUnderTest.StartAsync(gatewayAssembly, dataFolder, store, probeSocket, fill, cancellation);
}
