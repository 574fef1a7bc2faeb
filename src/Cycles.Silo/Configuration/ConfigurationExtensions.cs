using Cycles.Contracts.Addressing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cycles.Silo.Configuration;

/// <summary>Reads options before there is a host.</summary>
public static class ConfigurationExtensions
{
    /// <summary>The options of a section, checked.</summary>
    /// <exception cref="StartUpException">A value cannot be read or cannot work.</exception>
    public static T GetChecked<T>(this IConfiguration configuration, string section, IValidateOptions<T> validator)
        where T : class, new()
    {
        T options;
        try
        {
            options = configuration.GetSection(section).Get<T>() ?? new T();
        }
        catch (InvalidOperationException exception)
        {
            throw new StartUpException(UnreadableValue.Describe(configuration, section, validator, exception), exception);
        }

        var result = validator.Validate(null, options);
        return result.Failed ? throw new StartUpException(result.FailureMessage) : options;
    }
}
