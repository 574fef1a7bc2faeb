using System.Net;
using Cycles.Grains.Hosting;
using Cycles.Silo.Configuration;
using Cycles.Silo.Ending;
using Cycles.Silo.Security;
using Cycles.Silo.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Cycles.Silo;

/// <summary>Sets a silo up.</summary>
public static class SiloExtensions
{
    private const int DefaultSiloPort = 11111;
    private const int DefaultGatewayPort = 30000;

    /// <summary>
    /// Makes the silo a part of Cycles on <paramref name="store"/>. On the embedded store it is alone; on Redis it joins the cluster that
    /// shares the store.
    /// </summary>
    public static ISiloBuilder AddCycles(this ISiloBuilder silo, CyclesOptions options, SiloStore store)
    {
        if (store.IsEmbedded)
        {
            // Membership in memory: a process that comes back after a crash need not wait for its former self to be declared dead.
            // Its own port is a name only: nothing listens there.
            silo.UseLocalhostClustering(DefaultSiloPort, options.GatewayPort, serviceId: options.ClusterId, clusterId: options.ClusterId);
            silo.OpenOnly(options.GatewayPort);
            silo.KeepStoreToItself();
        }
        else
        {
            silo.UseRedisClustering(clustering => clustering.ConfigurationOptions = ConfigurationOptions.Parse(store.ConnectionString));
            silo.ConfigureEndpoints(
                IPAddress.Parse(options.AdvertisedAddress),
                Ports.RequireFree(options.SiloPort > 0 ? options.SiloPort : DefaultSiloPort, nameof(options.SiloPort)),
                Ports.RequireFree(options.GatewayPort > 0 ? options.GatewayPort : DefaultGatewayPort, nameof(options.GatewayPort)));
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
            silo.Configure<ClusterMembershipOptions>(ClusterTimes.Set);
            silo.Configure<SiloMessagingOptions>(ClusterTimes.Set);
            silo.Services.AddSingleton<IFatalErrorHandler, FatalErrors>();
        }

        silo.GuardPorts(store.Secret, options.Tls, warnIfPlain: !store.IsEmbedded || options.GatewayPort > 0);
        return silo.AddCyclesOn(store);
    }

    /// <summary>The grains and their reminders on <paramref name="store"/>; clustering is the caller's.</summary>
    public static ISiloBuilder AddCyclesOn(this ISiloBuilder silo, SiloStore store)
    {
        silo.AddCyclesGrains(store.Redis);
        // A reservation is called a few times and then never again: where it was need not be remembered for a million of them.
        silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = 20_000);
        silo.AddBoundedActivations();
        silo.Services.AddForeignExceptions();
        silo.UseRedisReminderService(reminders => reminders.ConfigurationOptions = ConfigurationOptions.Parse(store.ConnectionString));
        silo.Services.AddSingleton(store);
        silo.Services.AddHostedService<StoreLogs>();
        return silo;
    }
}
