using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Configuration;

/// <summary>Checks the log levels before the host reads them, which ends on a wrong one without saying where it stands.</summary>
internal static class LogLevels
{
    /// <exception cref="StartUpException">One of them does not exist.</exception>
    public static void Check(IConfiguration configuration)
    {
        // Logging:LogLevel:<category>, and Logging:<provider>:LogLevel:<category>.
        var logging = configuration.GetSection("Logging");
        foreach (var levels in logging.GetChildren().Select(provider => provider.GetSection("LogLevel")).Prepend(logging.GetSection("LogLevel")))
        {
            foreach (var level in levels.GetChildren())
            {
                if (level.Value is { } name && !Enum.GetNames<LogLevel>().Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    throw new StartUpException($"{level.Path} is '{name}' and must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}");
                }
            }
        }
    }
}
