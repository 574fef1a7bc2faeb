namespace Cycles.Grains.Scheduling;

/// <summary>
/// Runs one thing at a time for all who need it to have run after they came: many who wait share one run. For use within one grain.
/// </summary>
internal sealed class SharedRuns(Func<Task> run)
{
    private Task? _running;

    /// <summary>Answers when a run that began after this call has ended.</summary>
    public async Task AfterNowAsync()
    {
        if (_running is { } earlier)
        {
            // It may have begun before the caller's moment. How it ends is its callers' affair.
            await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await (_running ??= RunAsync());
    }

    private async Task RunAsync()
    {
        // The field must be set before the run can end.
        await Task.Yield();
        try
        {
            await run();
        }
        finally
        {
            _running = null;
        }
    }
}
