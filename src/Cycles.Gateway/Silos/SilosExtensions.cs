using Orleans.Messaging;

namespace Cycles.Gateway.Silos;

/// <summary>Keeps requests away from silos that do not answer.</summary>
internal static class SilosExtensions
{
    /// <summary>To be called when it is known how the silos are found.</summary>
    public static void PassOverSilentSilos(this IClientBuilder client)
    {
        var table = client.Services.Last(service => service.ServiceType == typeof(IGatewayListProvider));
        client.Services.Remove(table);
        client.Services.AddSingleton<SilentSilos>();
        client.Services.AddSingleton<IGatewayListProvider>(services => new AnsweringSilos(
            (IGatewayListProvider)(table.ImplementationFactory?.Invoke(services)
                ?? ActivatorUtilities.CreateInstance(services, table.ImplementationType!)),
            services.GetRequiredService<SilentSilos>()));
        client.Services.AddHttpContextAccessor();
        client.AddOutgoingGrainCallFilter<SilentCalls>();
        client.Services.AddHostedService<SiloWatch>();
    }
}
