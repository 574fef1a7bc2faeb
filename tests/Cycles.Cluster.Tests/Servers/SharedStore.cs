using Cycles.Silo.Configuration;
using Cycles.Silo.Store;
using Microsoft.Extensions.Configuration;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>One embedded store, and a connection to it for each silo of a cluster.</summary>
internal sealed class SharedStore : IAsyncDisposable
{
    private const int MostSilos = 4;

    private readonly List<SiloStore> _connections;
    private int _given;

    private SharedStore(List<SiloStore> connections) => _connections = connections;

    public static async Task<SharedStore> OpenAsync(string dataPath)
    {
        var options = new CyclesOptions { DataPath = dataPath };
        var embedded = await SiloStore.OpenAsync(new ConfigurationBuilder().Build(), options);
        var connections = new List<SiloStore> { embedded };
        var remote = new ConfigurationBuilder()
            .AddInMemoryCollection(
                [new KeyValuePair<string, string?>($"ConnectionStrings:{SiloStore.ConnectionStringName}", embedded.ConnectionString)])
            .Build();
        while (connections.Count <= MostSilos)
        {
            connections.Add(await SiloStore.OpenAsync(remote, options));
        }

        return new SharedStore(connections);
    }

    /// <summary>The connection of one more silo.</summary>
    public SiloStore Next() => _connections[Interlocked.Increment(ref _given)];

    public async ValueTask DisposeAsync()
    {
        // The first is the store itself.
        for (var i = _connections.Count - 1; i >= 0; i--)
        {
            await _connections[i].DisposeAsync();
        }
    }
}
