using Cycles.Contracts.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Services;

namespace Cycles.Grains.Cluster;

/// <summary>The probe of this silo; <see cref="SiloProbes"/> says how a client reaches that of any silo.</summary>
[Reentrant]
internal sealed class SiloProbe : GrainService, ISiloProbe
{
    private SiloProbe(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory loggers)
        : base(id, silo, loggers)
    {
    }

    /// <inheritdoc/>
    public Task Answer() => Task.CompletedTask;

    // Not by AddGrainService, which derives the type of the id from a hash that clients cannot compute.
    public static void AddTo(IServiceCollection services) => services.AddSingleton<IGrainService>(provider => new SiloProbe(
        SystemTargetGrainId.Create(SiloProbes.Type, SiloAddress.Zero).GrainId,
        provider.GetRequiredService<Orleans.Runtime.Silo>(),
        provider.GetRequiredService<ILoggerFactory>()));
}
