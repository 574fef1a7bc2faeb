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

    /// <summary>The port between silos; 0 takes a free one on the embedded store and 11111 on Redis.</summary>
    public int SiloPort { get; set; }

    /// <summary>The port for Orleans clients; 0 takes a free one on the embedded store and 30000 on Redis.</summary>
    public int GatewayPort { get; set; }

    /// <summary>The address under which other silos and clients reach this silo.</summary>
    public string AdvertisedAddress { get; set; } = "127.0.0.1";

    /// <summary>The name of Orleans' membership and reminders. It does not separate ledgers: two clusters need two databases of the store.</summary>
    public string ClusterId { get; set; } = "cycles";
}

/// <summary>Where the gateway finds its silo.</summary>
public enum SiloPlace
{
    /// <summary>In its own process.</summary>
    Embedded,

    /// <summary>In processes of their own, found through Redis.</summary>
    External,
}
