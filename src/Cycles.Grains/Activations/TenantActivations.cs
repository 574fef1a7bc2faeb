using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Cycles.Grains.Addressing;
using Cycles.Grains.Placement;
using Orleans.Metadata;

namespace Cycles.Grains.Activations;

/// <summary>
/// The activations of this silo that belong where their tenant does. Those that live only as long as one request is answered (events, decisions) are
/// passed over: they are gone before they could move.
/// </summary>
internal sealed class TenantActivations : IConfigureGrainContextProvider, IConfigureGrainContext
{
    private static readonly GrainType[] ShortLived = [Type<Events.EventGrain>(), Type<Decisions.DecisionGrain>()];

    private readonly ConcurrentDictionary<ActivationId, IGrainContext> _contexts = [];

    /// <summary>Those that are active now.</summary>
    public IEnumerable<IGrainContext> All => _contexts.Values;

    /// <summary>Those that are active now, by tenant.</summary>
    public ILookup<string, IGrainContext> ByTenant => _contexts.Values.ToLookup(context => GrainTenant.Of(context.GrainId.Key.ToString()!));

    public bool TryGetConfigurator(GrainType grainType, GrainProperties properties, [NotNullWhen(true)] out IConfigureGrainContext? configurator)
    {
        var isOfTenant = properties.Properties.TryGetValue(WellKnownGrainTypeProperties.PlacementStrategy, out var placement)
            && placement == nameof(TenantPlacement)
            && Array.IndexOf(ShortLived, grainType) < 0;
        configurator = isOfTenant ? this : null;
        return isOfTenant;
    }

    public void Configure(IGrainContext context)
    {
        _contexts[context.ActivationId] = context;
        context.Deactivated.ContinueWith(
            (_, state) => _contexts.TryRemove(((IGrainContext)state!).ActivationId, out IGrainContext? _),
            context,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private static GrainType Type<TGrain>() => GrainType.Create(typeof(TGrain).Name[..^"Grain".Length].ToLowerInvariant());
}
