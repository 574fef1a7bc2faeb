using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Store;

/// <summary>Takes what Garnet logs: warnings and errors, one line each, go to <paramref name="onProblem"/>; the rest is not kept.</summary>
internal sealed class GarnetLogs(Action<GarnetProblem> onProblem) : ILoggerProvider
{
    private volatile bool _isSilent;

    /// <summary>Passes nothing on any more.</summary>
    public void Silence() => _isSilent = true;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Category(GarnetLogs logs, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning && logLevel != LogLevel.None && !logs._isSilent;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                var message = formatter(state, exception);
                var whole = exception is null ? message : $"{message}: {exception.Message}";
                logs.Pass(new GarnetProblem(logLevel, name, whole.ReplaceLineEndings(" "), exception));
            }
        }
    }

    private void Pass(GarnetProblem problem) => onProblem(problem);
}
