namespace Cycles.Grains.Store;

/// <summary>One barrier for all callers that wait at the same time. Each gets one that began after it came.</summary>
/// <param name="pass">Passes a barrier once.</param>
/// <remarks>Any thread may use it.</remarks>
internal sealed class SharedBarrier(Func<Task> pass)
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private Task? _next;

    /// <summary>Completes when a barrier has been passed that began after this call.</summary>
    public Task PassAsync()
    {
        lock (_lock)
        {
            // What runs may have begun too early; the one behind it has not begun.
            return _next ??= PassAfterAsync(_running);
        }
    }

    private async Task PassAfterAsync(Task earlier)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task passing;
        lock (_lock)
        {
            (_running, _next) = (_next!, null);
            passing = pass();
        }

        await passing;
    }
}
