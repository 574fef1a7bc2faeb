using Orleans.Configuration;

namespace Cycles.Tls;

/// <summary>Mutual TLS for an Orleans client of a cluster.</summary>
public static class ClusterTlsExtensions
{
    /// <summary>The client shows its certificate to silos and takes only silos that the authority has signed.</summary>
    public static IClientBuilder UseCyclesTls(this IClientBuilder client, TlsFiles files) => client.UseCyclesTls(ClusterCertificates.Load(files));

    /// <inheritdoc cref="UseCyclesTls(IClientBuilder, TlsFiles)"/>
    public static IClientBuilder UseCyclesTls(this IClientBuilder client, ClusterCertificates certificates) =>
        client.Configure<ClientConnectionOptions>(options =>
            options.ConfigureConnection(connection => connection.UseClientTls(certificates.ToSilo())));
}
