using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Store;
using Microsoft.Extensions.Configuration;
using Orleans.TestingHost;

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

    /// <summary>A cluster in this process whose silos all use the store; each call makes another one, which knows nothing of the others.</summary>
    /// <param name="silos">How many silos.</param>
    /// <param name="configure">What else the silos need.</param>
    public async Task<InProcessTestCluster> DeployAsync(short silos, Action<ISiloBuilder>? configure = null)
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddCyclesOn(Next());
            configure?.Invoke(silo);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        // The first is the store itself.
        for (var i = _connections.Count - 1; i >= 0; i--)
        {
            await _connections[i].DisposeAsync();
        }
    }
}
