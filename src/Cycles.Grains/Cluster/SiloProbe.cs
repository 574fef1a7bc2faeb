using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Services;

namespace Cycles.Grains.Cluster;

/// <summary>The probe of this silo, and how a client reaches that of any silo.</summary>
[Reentrant]
public sealed class SiloProbe : GrainService, ISiloProbe
{
    /// <summary>The type of its id.</summary>
    internal static readonly GrainType Type = SystemTargetGrainId.CreateGrainType("cycles-probe");

    private SiloProbe(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers)
        : base(id, silo, loggers)
    {
    }

    /// <summary>The probe of the silo that takes clients at <paramref name="gateway"/>. A client asks it over its connection to that silo.</summary>
    public static ISiloProbe At(SiloAddress gateway, IGrainFactory grains) =>
        grains.GetGrain<ISiloProbe>(SystemTargetGrainId.Create(Type, gateway).GrainId);

    /// <inheritdoc/>
    public Task Answer() => Task.CompletedTask;

    // Not by AddGrainService, which derives the type of the id from a hash that clients cannot compute.
    internal static void AddTo(IServiceCollection services) => services.AddSingleton<IGrainService>(provider => new SiloProbe(
        SystemTargetGrainId.Create(Type, SiloAddress.Zero).GrainId,
        provider.GetRequiredService<Orleans.Runtime.Silo>(),
        provider.GetRequiredService<ILoggerFactory>()));
}
