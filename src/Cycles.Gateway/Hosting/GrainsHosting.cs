using Cycles.Gateway.Silos;
using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Security;
using Cycles.Silo.Store;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Cycles.Gateway.Hosting;

/// <summary>Connects the gateway to its grains: a silo in this process, or a cluster of others.</summary>
internal static class GrainsHosting
{
    /// <returns>The store of the silo in this process; null when there is none.</returns>
    /// <exception cref="StartUpException">The store cannot be opened.</exception>
    public static async Task<SiloStore?> AddGrainsAsync(this WebApplicationBuilder builder, CyclesOptions options)
    {
        if (options.Silo == SiloPlace.External)
        {
            builder.AddClient(options);
            return null;
        }

        var store = await SiloStore.OpenAsync(builder.Configuration, options);
        builder.Host.UseOrleans(silo =>
        {
            silo.AddCycles(options, store);
            if (Silo.Telemetry.IsWanted(builder.Configuration))
            {
                silo.AddActivityPropagation();
            }
        });
        return store;
    }

    private static void AddClient(this WebApplicationBuilder builder, CyclesOptions options)
    {
        var connectionString = builder.Configuration.GetConnectionString(SiloStore.ConnectionStringName);
        if (string.IsNullOrEmpty(connectionString))
        {
            throw new StartUpException("Cycles:Silo is external, but ConnectionStrings:Redis, where the silos are found, is not set");
        }

        SiloStore.RequireConnectionString(connectionString);

        builder.Host.UseOrleansClient(client =>
        {
            client.UseRedisClustering(clustering => clustering.ConfigurationOptions = ConfigurationOptions.Parse(connectionString));
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ClusterId));
            client.AddShortWaits();
            client.PassOverSilentSilos();
            client.UseConnectionRetryFilter<ConnectionPatience>();
            client.ProveToSilos(ClusterSecret.At(connectionString), options.Tls);
            if (Silo.Telemetry.IsWanted(builder.Configuration))
            {
                client.AddActivityPropagation();
            }
        });
    }
}
