using System.Text.RegularExpressions;
using Cycles.Contracts.Addressing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cycles.Silo.Configuration;

/// <summary>Says of a value that does not have its setting's type which setting it is and what is allowed there.</summary>
internal static partial class UnreadableValue
{
    /// <summary>Words for the operator.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="section">The section that was read.</param>
    /// <param name="validator">What is allowed in it.</param>
    /// <param name="exception">What the reading ended with; its message names the setting.</param>
    public static string Describe<T>(IConfiguration configuration, string section, IValidateOptions<T> validator, InvalidOperationException exception)
        where T : class, new()
    {
        if (Place().Match(exception.Message) is not { Success: true } place
            || Array.Find(typeof(T).GetProperties(), property => $"{section}:{property.Name}".Equals(place.Groups[1].Value, StringComparison.OrdinalIgnoreCase))
                is not { } setting)
        {
            return exception.Message;
        }

        var key = $"{section}:{setting.Name}";
        var type = Nullable.GetUnderlyingType(setting.PropertyType) ?? setting.PropertyType;
        var allowed = type switch
        {
            _ when type == typeof(bool) => "must be true or false",
            { IsEnum: true } => $"must be one of {string.Join(", ", Enum.GetNames(type))}",
            _ when type == typeof(TimeSpan) => "must be a duration such as 00:00:10",
            _ => "must be a whole number",
        };
        var range = RangeOf(section, setting.Name, type, validator);
        return $"{key} is '{configuration[key]}' and {allowed}{(range is null ? string.Empty : $" ({range})")}";
    }

    /// <summary>The range in the validator's own words: what it says of a value that no range has.</summary>
    private static string? RangeOf<T>(string section, string name, Type type, IValidateOptions<T> validator)
        where T : class, new()
    {
        var outside = type == typeof(TimeSpan) ? "-00:00:01" : type == typeof(int) ? $"{int.MinValue}" : null;
        if (outside is null)
        {
            return null;
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"{section}:{name}", outside)]).Build();
        var result = validator.Validate(null, configuration.GetSection(section).Get<T>()!);
        return result.Failed && result.FailureMessage.Contains(name, StringComparison.Ordinal) ? result.FailureMessage : null;
    }

    [GeneratedRegex("at '([^']+)'")]
    private static partial Regex Place();
}
