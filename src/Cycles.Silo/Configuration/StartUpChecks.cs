using Cycles.Grains.Store;
using Cycles.Silo.Store;
using Microsoft.Extensions.Configuration;

namespace Cycles.Silo.Configuration;

/// <summary>What every process checks before it starts anything that would have to be stopped again.</summary>
public static class StartUpChecks
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        (CyclesOptions.Section, typeof(CyclesOptions)),
        (StoreOptions.Section, typeof(StoreOptions)),
        (EmbeddedStoreOptions.Section, typeof(EmbeddedStoreOptions)),
    ];

    /// <summary>Checks the settings that belong to no options, and warns on the error output of those that nothing reads.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="more">The options of this process besides the silo's; with none, names that only another process knows are not warned of.</param>
    /// <exception cref="StartUpException">One cannot work.</exception>
    public static void Run(IConfiguration configuration, params (string Section, Type Options)[] more)
    {
        LogLevels.Check(configuration);
        Telemetry.Check(configuration);
        foreach (var unknown in UnknownSettings.Find(configuration, [.. more.Length > 0 ? Sections : Sections[1..], .. more]))
        {
            Console.Error.WriteLine($"Warning: {unknown}");
        }
    }
}
