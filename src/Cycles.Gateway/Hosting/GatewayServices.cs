using Cycles.Gateway.Audit;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Grains.Waits;
using Cycles.Silo.Memory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cycles.Gateway.Hosting;

/// <summary>What the endpoints need besides the grains.</summary>
internal static class GatewayServices
{
    public static void AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(Options.Create(options));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<KeyUseNotes>();
        services.AddSingleton<AdminKey>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton<MemoryWatch>();
        services.TryAddSingleton<PauseWatch>();
        services.AddSingleton(provider => new ChangeLimit(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Repetition>();
        services.AddSingleton<Drain>();
        services.AddSingleton(provider => new RefusalLog(
            provider.GetRequiredService<IGrainFactory>(), options, provider.GetRequiredService<ILogger<RefusalLog>>()));
    }
}
