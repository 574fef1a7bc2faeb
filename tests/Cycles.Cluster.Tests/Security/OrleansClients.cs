using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Cycles.Cluster.Tests.Security;

/// <summary>Orleans clients as an agent service has them: they know where a silo takes clients, and nothing of the store.</summary>
internal static class OrleansClients
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A refused client is told nothing; how long to wait for an answer that must not come.
    private static readonly TimeSpan RefusalPatience = TimeSpan.FromSeconds(8);

    /// <summary>Connects to the port of a silo.</summary>
    public static async Task<IHost> ConnectAsync(int port, TimeSpan patience, Action<IClientBuilder>? configure = null)
    {
        var host = new HostBuilder().UseOrleansClient(client =>
        {
            client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, port));
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("cycles", "cycles"));
            configure?.Invoke(client);
        }).Build();
        try
        {
            await host.StartAsync().WaitAsync(patience);
            return host;
        }
        catch (Exception)
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Whether nothing comes of a call by a client of its own.</summary>
    public static async Task<bool> IsRefusedAsync(int port, Func<IGrainFactory, Task> call, Action<IClientBuilder>? configure = null)
    {
        try
        {
            using var host = await ConnectAsync(port, RefusalPatience, configure);
            await call(host.Services.GetRequiredService<IClusterClient>()).WaitAsync(RefusalPatience);
            return false;
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException or InvalidOperationException or IOException)
        {
            return true;
        }
    }
}
