using Cycles.Tls;

namespace Cycles.Silo.Configuration;

/// <summary>How a Cycles process is set up (configuration section <c>Cycles</c>).</summary>
public sealed class CyclesOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cycles";

    /// <summary>
    /// The folder of the embedded store, made when it does not exist; by default <see cref="DataFolder.Default"/>. A relative path begins at the working
    /// directory. Unused with <c>ConnectionStrings:Redis</c>.
    /// </summary>
    public string DataPath { get; set; } = DataFolder.Default;

    /// <summary>Where the gateway finds its silo.</summary>
    public SiloPlace Silo { get; set; } = SiloPlace.Embedded;

    /// <summary>The port between silos; 0 takes 11111. On the embedded store, where a silo is alone, none is opened.</summary>
    public int SiloPort { get; set; }

    /// <summary>The port for Orleans clients; 0 takes 30000 on Redis and opens none on the embedded store.</summary>
    public int GatewayPort { get; set; }

    /// <summary>The address under which other silos and clients reach this silo.</summary>
    public string AdvertisedAddress { get; set; } = "127.0.0.1";

    /// <summary>The name of Orleans' membership and reminders. It does not separate ledgers: two clusters need two databases of the store.</summary>
    public string ClusterId { get; set; } = "cycles";

    /// <summary>The certificates of Orleans' connections; none by default: they are then not encrypted.</summary>
    public TlsFiles Tls { get; set; } = new();
}

/// <summary>Where the gateway finds its silo.</summary>
public enum SiloPlace
{
    /// <summary>In its own process.</summary>
    Embedded,

    /// <summary>In processes of their own, found through Redis.</summary>
    External,
}
