using Cycles.Grains.Activations;
using Cycles.Grains.Audit;
using Cycles.Grains.Boards;
using Cycles.Grains.Budgets;
using Cycles.Grains.Cluster;
using Cycles.Grains.History;
using Cycles.Grains.Journal;
using Cycles.Grains.Ledger;
using Cycles.Grains.Limits;
using Cycles.Grains.Placement;
using Cycles.Grains.Reservations;
using Cycles.Grains.Store;
using Cycles.Grains.Waits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cycles.Grains.Hosting;

/// <summary>Puts the grains' parts into a silo.</summary>
public static class CyclesGrainsExtensions
{
    /// <summary>Says that no other process uses the store: its ledgers need not prove that they still are the tenants'.</summary>
    public static ISiloBuilder KeepStoreToItself(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton(LedgerLease.Exclusive);
        return silo;
    }

    /// <summary>Adds the ledger on <paramref name="store"/>, the store's clock and the tenants' placement.</summary>
    public static ISiloBuilder AddCyclesGrains(this ISiloBuilder silo, RedisStore store)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddOptions<StoreOptions>().BindConfiguration(StoreOptions.Section).ValidateOnStart();
        silo.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>());
        silo.Services.AddSingleton(store);
        silo.Services.AddSingleton<StoreClock>();
        silo.Services.AddSingleton<StoreWatch>();
        silo.Services.AddSingleton<GroupCommit>();
        silo.Services.AddSingleton<ScopeBoard>();
        silo.Services.AddSingleton<LedgerBoard>();
        silo.Services.TryAddSingleton<LedgerLease>();
        silo.Services.TryAddSingleton<PauseWatch>();
        silo.Services.AddSingleton(services => new SiloStanding(
            services.GetRequiredService<ILocalSiloDetails>(),
            services.GetRequiredService<PauseWatch>(),
            services.GetRequiredService<LedgerLease>().IsExclusive ? null : services.GetRequiredService<IMembershipTable>));
        silo.Services.AddSingleton<CommitLimitBoard>();
        silo.Services.AddSingleton<IdleReservations>();
        silo.Services.AddSingleton<HistoryCache>();
        silo.Services.AddSingleton<SiloFacts>();
        silo.Services.AddSingleton(new RecentEntries(RecentEntries.Usual));
        silo.Services.AddSingleton<SiloFactsClient>();
        silo.AddGrainService<SiloFactsService>();
        SiloProbe.AddTo(silo.Services);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LedgerLifecycle>();
        silo.Services.AddSingleton<IActivationWorkingSetObserver, DeactivationSignal>();
        silo.Services.AddSingleton<TenantActivations>();
        silo.Services.AddSingleton<IConfigureGrainContextProvider>(services => services.GetRequiredService<TenantActivations>());
        silo.Services.AddSingleton<TenantMover>();
        silo.Services.AddHostedService(services => services.GetRequiredService<TenantMover>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<TenantMover>());
        silo.Services.AddHostedService<LostCoordinators>();
        silo.Services.AddPlacementDirector<TenantPlacement, TenantPlacementDirector>();
        silo.Services.AddPlacementDirector<SiloPlacement, SiloPlacementDirector>();
        return silo;
    }
}
