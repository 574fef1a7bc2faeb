using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Cycles.Silo.Configuration;

/// <summary>What holds when no file, variable or argument says otherwise.</summary>
public static class Defaults
{
    /// <summary>Adds <paramref name="defaults"/>, and quiet logs, below every other source.</summary>
    public static void AddDefaults(this IConfigurationBuilder configuration, params (string Key, string Value)[] defaults)
    {
        (string Key, string Value)[] logging =
        [
            ("Logging:LogLevel:Default", "Warning"),
            ("Logging:LogLevel:Cycles", "Information"),

            // What Orleans logs in their names: that they start.
            ("Logging:LogLevel:Cycles.Grains.Journal.SiloFactsService", "Warning"),
            ("Logging:LogLevel:Cycles.Grains.Cluster.SiloProbe", "Warning"),

            // It takes the machine's uptime for a stall.
            ("Logging:LogLevel:Orleans.Runtime.Watchdog", "Error"),

            // What ends a start-up is said in one line, by StartUp.
            ("Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host", "None"),
        ];
        configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = logging.Concat(defaults).ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
        });
    }
}
