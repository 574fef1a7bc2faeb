using Microsoft.Extensions.Logging;

namespace Cycles.Grains.Scheduling;

/// <summary>
/// Work of a grain that a tick begins and does not wait for. A tick is a call: Orleans counts one that runs for minutes as hung, queues the next
/// ones behind it and drops them one by one with a warning each. The grain owns the work: it runs at most once at a time, a failure is logged
/// and counted, and it is told to stop when the grain is deactivated.
/// </summary>
/// <param name="name">What it is called in logs and in <c>cycles.reminders.failures</c>.</param>
/// <param name="owner">Whose it is, for logs.</param>
/// <param name="work">The work. It must look at the token between its steps.</param>
/// <param name="logger">The grain's logger.</param>
internal sealed partial class OwnedWork(string name, string owner, Func<CancellationToken, Task> work, ILogger logger)
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>What runs, or the last that ran. It never fails.</summary>
    public Task Running => _running;

    /// <summary>Begins the work unless it is under way, or the grain is being deactivated. Called from the grain's own turns only.</summary>
    public void Begin()
    {
        if (_running.IsCompleted && !_stop.IsCancellationRequested)
        {
            _running = RunAsync();
        }
    }

    /// <summary>
    /// Tells the work to stop, and does not wait for it: it may wait for a message to this very grain, which comes only after the deactivation.
    /// </summary>
    public void Stop() => _stop.Cancel();

    private async Task RunAsync()
    {
        // The tick is answered before the work begins.
        await Task.Yield();
        try
        {
            await work(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The next reminder, here or elsewhere, goes on with it.
        }
        catch (Exception exception)
        {
            Telemetry.ReminderFailed(name);
            LogFailed(logger, name, owner, exception);
        }
    }

    [LoggerMessage(EventId = 1801, Level = LogLevel.Warning, Message = "The work {Name} of {Owner} failed; it is tried again when it is next due")]
    private static partial void LogFailed(ILogger logger, string name, string owner, Exception exception);
}
