using Cycles.Grains.Activations;
using Cycles.Grains.Store;
using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>A silo in this process on a Redis of its own, which can be paused while something is on its way.</summary>
internal sealed class RedisSilo : IAsyncDisposable
{
    private readonly TemporaryFolder _data;
    private readonly InProcessTestCluster _cluster;

    private RedisSilo(TemporaryFolder data, RedisProcess redis, DoubtfulProxy proxy, SiloStore store, InProcessTestCluster cluster) =>
        (_data, Redis, Proxy, Store, _cluster) = (data, redis, proxy, store, cluster);

    public RedisProcess Redis { get; }

    /// <summary>Between the silo and its Redis.</summary>
    public DoubtfulProxy Proxy { get; }

    public SiloStore Store { get; }
    public IClusterClient Grains => _cluster.Client;

    /// <summary>The tenants' grains that are active.</summary>
    public IEnumerable<IGrainContext> Activations => _cluster.Silos[0].ServiceProvider.GetRequiredService<TenantActivations>().All;

    /// <summary>Starts both; the test is skipped where Redis is not installed.</summary>
    /// <param name="configure">The silo's options of the store; as they are by default when absent.</param>
    public static async Task<RedisSilo> StartAsync(Action<StoreOptions>? configure = null)
    {
        RedisProcess.SkipUnlessInstalled();
        var data = new TemporaryFolder();
        var redis = await RedisProcess.StartAsync(data.Path);
        var proxy = DoubtfulProxy.Start(redis.Port);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new($"ConnectionStrings:{SiloStore.ConnectionStringName}", $"127.0.0.1:{proxy.Port}")])
            .Build();
        var store = await SiloStore.OpenAsync(configuration, new CyclesOptions());
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddCyclesOn(store);
            silo.Services.Configure(configure ?? (_ => { }));
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new RedisSilo(data, redis, proxy, store, cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await Store.DisposeAsync();
        Proxy.Dispose();
        Redis.Dispose();
        _data.Dispose();
    }
}
