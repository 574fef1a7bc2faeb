using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Cycles.Silo.Ending;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Cycles.Silo.Logging;

/// <summary>
/// Writes one line for an event. A warning or an error that comes again within ten seconds (the same event of the same part with the same kind of
/// exception) is counted instead, and the count is written when they are over: the end of one silo would fill thousands of lines.
/// </summary>
public sealed class LineFormatter : ConsoleFormatter, IDisposable
{
    /// <summary>What <c>Logging:Console:FormatterName</c> calls it.</summary>
    public const string FormatterName = "cycles";

    private const string Own = "Cycles.";
    private const int LongestText = 500;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Cause, int> _repeated = [];
    private readonly Timer _timer;

    /// <summary>For the console.</summary>
    public LineFormatter()
        : base(FormatterName) => _timer = new Timer(_ => WriteCounts(Console.Out), null, Window, Window);

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (OrderlyEnd.HasBegun && logEntry.LogLevel < LogLevel.Critical)
        {
            return;
        }

        if (logEntry.LogLevel >= LogLevel.Warning)
        {
            var cause = new Cause(logEntry.LogLevel, logEntry.Category, logEntry.EventId.Id, logEntry.Exception?.GetType());
            if (!_repeated.TryAdd(cause, 0))
            {
                _repeated.AddOrUpdate(cause, 0, (_, count) => count + 1);
                return;
            }
        }

        textWriter.WriteLine(Format(
            logEntry.LogLevel, logEntry.Category, logEntry.EventId.Id, logEntry.Formatter(logEntry.State, logEntry.Exception), logEntry.Exception));
    }

    /// <summary>Writes how often each cause came again, and forgets them.</summary>
    internal void WriteCounts(TextWriter writer)
    {
        foreach (var cause in _repeated.Keys)
        {
            if (_repeated.TryRemove(cause, out var count) && count > 0 && !OrderlyEnd.HasBegun)
            {
                writer.WriteLine(Format(cause.Level, cause.Category, cause.EventId, $"{count} more of these within 10 s", null));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static string Format(LogLevel level, string category, int eventId, string message, Exception? exception)
    {
        var line = new StringBuilder(256);
        line.Append(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {NameOf(level)} {category}[{eventId}] ");
        AppendLine(line, message);
        if (exception is not null && level >= LogLevel.Error && category.StartsWith(Own, StringComparison.Ordinal))
        {
            // Ours, and not foreseen: where it happened is what somebody needs to know.
            return line.AppendLine().Append(exception).ToString();
        }

        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            AppendLine(line.Append(CultureInfo.InvariantCulture, $" <- {cause.GetType().Name}: "), cause.Message);
        }

        return line.ToString();
    }

    /// <summary>Orleans puts stack traces into messages.</summary>
    private static void AppendLine(StringBuilder line, string text) =>
        line.Append(text.Length > LongestText ? $"{text.AsSpan(0, LongestText)}…".ReplaceLineEndings(" ") : text.ReplaceLineEndings(" "));

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private sealed record Cause(LogLevel Level, string Category, int EventId, Type? Exception);
}
