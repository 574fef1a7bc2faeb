using Cycles.Grains.Ledger;
using Cycles.Grains.Placement;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime.Placement;

namespace Cycles.Grains.Hosting;

/// <summary>Puts the grains' parts into a silo.</summary>
public static class CyclesGrainsExtensions
{
    /// <summary>
    /// Adds the ledger's group commit, the store's clock and the tenants' placement to a silo. The <see cref="RedisStore"/> is the host's to add.
    /// </summary>
    public static ISiloBuilder AddCyclesGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddOptions<StoreOptions>().BindConfiguration(StoreOptions.Section).ValidateOnStart();
        silo.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>());
        silo.Services.AddSingleton<StoreClock>();
        silo.Services.AddSingleton<GroupCommit>();
        silo.Services.AddSingleton<ScopeBoard>();
        silo.Services.AddPlacementDirector<TenantPlacement, TenantPlacementDirector>();
        silo.AddServicesOfTheLedger();
        return silo;
    }

    /// <summary>Both run from before the first grain call until after the last.</summary>
    private static void AddServicesOfTheLedger(this ISiloBuilder silo)
    {
        silo.Services.AddHostedService(services => services.GetRequiredService<StoreClock>());
        silo.Services.AddHostedService(services => services.GetRequiredService<GroupCommit>());
    }
}
