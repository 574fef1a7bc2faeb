using System.Net;
using Cycles.Cluster.Tests.Api;
using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>
/// Silos in this process, a gateway and a Redis in processes of their own, and between all of them a network that is slow. A silo is known to the
/// others under the port of a proxy and listens on another.
/// </summary>
internal sealed class SlowCluster : IAsyncDisposable
{
    private readonly List<IDisposable> _parts = [];
    private readonly List<IHost> _silos = [];
    private readonly List<SiloStore> _stores = [];
    private readonly List<string> _ends = [];
    private ServerProcess? _gateway;

    private SlowCluster(TimeSpan patience) => Api = new HttpApi(Gateways.AdminKey, patience);

    /// <summary>Asks the gateway.</summary>
    public HttpApi Api { get; }

    /// <summary>What the gateway wrote.</summary>
    public string GatewayLog => _gateway!.Log;

    /// <summary>Why silos would have ended their process, among it that the others declared them dead.</summary>
    public IReadOnlyList<string> Ends
    {
        get
        {
            lock (_ends)
            {
                return [.. _ends];
            }
        }
    }

    /// <summary>How many silos each silo holds for active.</summary>
    public IEnumerable<int> ActiveSilos => _silos.Select(
        silo => silo.Services.GetRequiredService<ISiloStatusOracle>().GetApproximateSiloStatuses(onlyActive: true).Count);

    /// <param name="silos">How many.</param>
    /// <param name="path">What the network does to what passes.</param>
    /// <param name="patience">How long <see cref="Api"/> waits for an answer.</param>
    public static async Task<SlowCluster> StartAsync(int silos, SlowPath path, TimeSpan patience)
    {
        RedisProcess.SkipUnlessInstalled();
        var cluster = new SlowCluster(patience);
        try
        {
            var data = cluster.Keep(new TemporaryFolder());
            var redis = cluster.Keep(await RedisProcess.StartAsync(data.Path));
            var wayToRedis = cluster.Keep(TcpProxy.Start(redis.Port, path.PassAsync));
            var connection = $"127.0.0.1:{wayToRedis.Port}";
            for (var i = 0; i < silos; i++)
            {
                await cluster.StartSiloAsync(connection, path);
            }

            cluster.Keep(cluster.Api);
            var environment = redis.EnvironmentOfGateway();
            environment[$"ConnectionStrings__{SiloStore.ConnectionStringName}"] = connection;
            cluster._gateway = await Gateways.StartAsync(environment, cluster.Api);
            return cluster;
        }
        catch (Exception)
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _gateway?.Dispose();
        foreach (var silo in _silos)
        {
            using (silo)
            {
                // One that does not end in order must not keep the others.
                await silo.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        foreach (var part in Enumerable.Reverse(_parts))
        {
            part.Dispose();
        }
    }

    private async Task StartSiloAsync(string connection, SlowPath path)
    {
        var options = new CyclesOptions { SiloPort = FreePort.Find(), GatewayPort = FreePort.Find() };
        var (siloPort, gatewayPort) = (FreePort.Find(), FreePort.Find());
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration[$"ConnectionStrings:{SiloStore.ConnectionStringName}"] = connection;
        builder.Logging.ClearProviders();
        var store = await SiloStore.OpenAsync(builder.Configuration, options);
        _stores.Add(store);
        builder.UseOrleans(silo =>
        {
            silo.AddCycles(options, store);
            silo.Configure<EndpointOptions>(endpoints =>
            {
                endpoints.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, siloPort);
                endpoints.GatewayListeningEndpoint = new IPEndPoint(IPAddress.Loopback, gatewayPort);
            });
            silo.Services.AddSingleton<IFatalErrorHandler>(new EndNotes(_ends));
        });
        var host = builder.Build();
        _silos.Add(host);
        Keep(TcpProxy.Start(siloPort, path.PassAsync, options.SiloPort));
        Keep(TcpProxy.Start(gatewayPort, path.PassAsync, options.GatewayPort));
        await host.StartAsync();
    }

    private T Keep<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }

    /// <summary>Notes what would end the process, which is that of the tests.</summary>
    private sealed class EndNotes(List<string> ends) : IFatalErrorHandler
    {
        public bool IsUnexpected(Exception exception) => false;

        public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
        {
            lock (ends)
            {
                ends.Add($"{context} {exception?.Message}");
            }
        }
    }
}
