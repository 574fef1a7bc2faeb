using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Store;

/// <summary>Keeps what is logged before there is a log, and passes it on when there is one.</summary>
/// <remarks>Any thread may use it.</remarks>
internal sealed class LateLogger : ILogger
{
    private const int MostKept = 20;

    private readonly Lock _lock = new();
    private readonly List<Action<ILogger>> _kept = [];
    private ILogger? _logger;

    /// <summary>Passes on what was kept, and whatever comes.</summary>
    public void PassTo(ILogger logger)
    {
        lock (_lock)
        {
            _logger = logger;
            _kept.ForEach(log => log(logger));
            _kept.Clear();
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => _logger?.IsEnabled(logLevel) ?? true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            if (_logger is not null)
            {
                _logger.Log(logLevel, eventId, state, exception, formatter);
            }
            else if (_kept.Count < MostKept)
            {
                // The state of a source-generated message may be used again for the next one: only its text is kept.
                var text = formatter(state, exception);
                _kept.Add(logger => logger.Log(logLevel, eventId, text, exception, (kept, _) => kept));
            }
        }
    }
}
