using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Cycles.Silo.Logging;

/// <summary>Sets the console's log up.</summary>
public static class LoggingExtensions
{
    private const string FormatterKey = "Logging:Console:FormatterName";

    /// <summary>One line for an event, repetitions counted, unless <c>Logging:Console:FormatterName</c> names another format (json, systemd, simple).</summary>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.AddConsole();
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        logging.Services.PostConfigure<ConsoleLoggerOptions>(
            console => console.FormatterName = configuration[FormatterKey] ?? LineFormatter.FormatterName);
        return logging;
    }
}
