namespace Cycles.Contracts.Cluster;

/// <summary>How a client reaches the probe of any silo.</summary>
public static class SiloProbes
{
    /// <summary>The type of a probe's id.</summary>
    public static readonly GrainType Type = SystemTargetGrainId.CreateGrainType("cycles-probe");

    /// <summary>The probe of the silo that takes clients at <paramref name="gateway"/>. A client asks it over its connection to that silo.</summary>
    public static ISiloProbe At(SiloAddress gateway, IGrainFactory grains) =>
        grains.GetGrain<ISiloProbe>(SystemTargetGrainId.Create(Type, gateway).GrainId);
}
