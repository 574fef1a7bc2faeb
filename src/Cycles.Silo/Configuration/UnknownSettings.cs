using Microsoft.Extensions.Configuration;

namespace Cycles.Silo.Configuration;

/// <summary>Finds the settings under <c>Cycles</c> that nothing reads: a mistyped name would otherwise leave its default in force unsaid.</summary>
public static class UnknownSettings
{
    /// <summary>One line for each.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="known">Each section that there is, and an options type that reads it. A section may have several.</param>
    public static IEnumerable<string> Find(IConfiguration configuration, params (string Section, Type Options)[] known)
    {
        var settings = known
            .SelectMany(section => section.Options.GetProperties().Select(property => $"{section.Section}:{property.Name}"))
            .Concat(known.Select(section => section.Section))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var section in known.Select(section => section.Section).Distinct())
        {
            foreach (var setting in configuration.GetSection(section).GetChildren())
            {
                if (!settings.Contains(setting.Path))
                {
                    yield return $"{setting.Path} is no setting of Cycles and has no effect";
                }
            }
        }
    }
}
