using System.Security.Cryptography;
using Cycles.Contracts.Security;
using Cycles.Grains.Security;
using Cycles.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Metadata;
using Orleans.Serialization.Configuration;

namespace Cycles.Silo.Security;

/// <summary>Keeps out of a silo who does not belong there.</summary>
public static class SecurityExtensions
{
    /// <summary>Opens no port of Orleans' but <paramref name="port"/>; 0 opens none. The silo can then be in no cluster with others.</summary>
    public static ISiloBuilder OpenOnly(this ISiloBuilder silo, int port)
    {
        var factories = silo.Services.Where(service => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory)).ToArray();
        if (factories.Length < 2)
        {
            throw new InvalidOperationException("Orleans opens its ports otherwise than is known: they would be open to all");
        }

        foreach (var factory in factories)
        {
            silo.Services.Remove(factory);
            silo.Services.AddKeyedSingleton<IConnectionListenerFactory>(
                factory.ServiceKey, (services, key) => new OnlyPortListenerFactory(Create(factory, services, key), port));
        }

        return silo;
    }

    /// <summary>
    /// On the port of the silos takes those alone that know the secret; on the port of the clients keeps those that do not to what is open to
    /// agents (<see cref="ClientAccess"/>). With certificates both ports speak mutual TLS.
    /// </summary>
    /// <exception cref="StartUpException">A certificate cannot be used.</exception>
    public static ISiloBuilder GuardPorts(this ISiloBuilder silo, ClusterSecret secret, TlsFiles tls, bool warnIfPlain)
    {
        silo.Services.AddSingleton(secret);
        silo.Services.AddSingleton(services => GrainAccess.OfProcess(
            services.GetRequiredService<IOptions<TypeManifestOptions>>().Value, services.GetRequiredService<GrainTypeResolver>()));
        silo.Services.AddSingleton<PortGuard>();
        var certificates = Load(tls);
        if (certificates is { IsOfSilo: false })
        {
            throw new StartUpException($"the certificate '{tls.CertificatePath}' is none of a silo: its extended key usage must be serverAuth and clientAuth");
        }

        if (certificates is null && warnIfPlain)
        {
            silo.Services.AddHostedService<PlainClusterWarning>();
        }

        return silo.Configure<SiloConnectionOptions>(options =>
        {
            if (certificates is not null)
            {
                options.ConfigureSiloInboundConnection(connection => connection.UseServerTls(certificates.OfSilos()));
                options.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(certificates.ToSilo()));
                options.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(certificates.OfClients()));
            }

            options.ConfigureSiloInboundConnection(connection => connection.Use(Guard(connection).OfSilos));
            options.ConfigureSiloOutboundConnection(connection => connection.Use(Guard(connection).ToSilos));
            options.ConfigureGatewayInboundConnection(connection => connection.Use(Guard(connection).OfClients));
        });
    }

    /// <summary>Proves to each silo that this client knows the secret: it is a gateway. With certificates it speaks mutual TLS.</summary>
    /// <exception cref="StartUpException">A certificate cannot be used.</exception>
    public static IClientBuilder ProveToSilos(this IClientBuilder client, ClusterSecret secret, TlsFiles tls)
    {
        if (Load(tls) is { } certificates)
        {
            client.UseCyclesTls(certificates);
        }
        else
        {
            client.Services.AddHostedService<PlainClusterWarning>();
        }

        return client.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(connection => connection.Use(next => async context =>
        {
            await Handshake.ConnectAsync(context.Transport, secret);
            await next(context);
        })));
    }

    private static PortGuard Guard(IConnectionBuilder connection) => connection.ApplicationServices.GetRequiredService<PortGuard>();

    private static IConnectionListenerFactory Create(ServiceDescriptor service, IServiceProvider services, object? key) => (IConnectionListenerFactory)(
        service.KeyedImplementationInstance
        ?? service.KeyedImplementationFactory?.Invoke(services, key)
        ?? ActivatorUtilities.CreateInstance(services, service.KeyedImplementationType!));

    private static ClusterCertificates? Load(TlsFiles tls)
    {
        try
        {
            return tls.IsGiven ? ClusterCertificates.Load(tls) : null;
        }
        catch (CryptographicException exception)
        {
            throw new StartUpException(exception.Message, exception);
        }
    }
}
