namespace Cycles.Chaos.Faults;

/// <summary>Which processes a fault is done to.</summary>
internal enum FaultTarget
{
    /// <summary>One silo.</summary>
    Silo,

    /// <summary>One gateway.</summary>
    Gateway,

    /// <summary>Two silos at once.</summary>
    Silos,

    /// <summary>Both gateways at once.</summary>
    Gateways,

    /// <summary>A silo and a gateway at once.</summary>
    Both,
}
