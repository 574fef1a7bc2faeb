using Cycles.Silo.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cycles.Cluster.Tests;

/// <summary>The console's log: one line for a cause, counted.</summary>
public sealed class LineFormatterTests
{
    private readonly StringWriter _writer = new();

    [Fact]
    public void A_warning_that_comes_again_is_counted_and_another_one_is_not()
    {
        using var formatter = new LineFormatter();
        for (var i = 0; i < 1_000; i++)
        {
            Write(formatter, LogLevel.Warning, 1, new TimeoutException("late"));
        }

        Write(formatter, LogLevel.Warning, 2, new TimeoutException("late"));
        Write(formatter, LogLevel.Warning, 1, new InvalidOperationException("other"));
        formatter.WriteCounts(_writer);
        Write(formatter, LogLevel.Warning, 1, new TimeoutException("late"));

        Assert.Equal(5, Lines.Length);
        Assert.Contains("warn Orleans.Runtime.CallbackData[1] said <- TimeoutException: late", Lines[0], StringComparison.Ordinal);
        Assert.EndsWith("999 more of these within 10 s", Lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Information_is_never_counted()
    {
        using var formatter = new LineFormatter();
        Write(formatter, LogLevel.Information, 1, null);
        Write(formatter, LogLevel.Information, 1, null);

        Assert.Equal(2, Lines.Length);
    }

    private string[] Lines => _writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private void Write(LineFormatter formatter, LogLevel level, int eventId, Exception? exception) => formatter.Write(
        new LogEntry<string>(level, "Orleans.Runtime.CallbackData", eventId, "said", exception, (state, _) => state), null, _writer);
}
