namespace Cycles.Grains.Scheduling;

/// <summary>
/// A grain's timer that ticks only while there is something to look after. A silo has thousands of grains, most of them at rest: were each to look
/// every few seconds whether it has something to do, the silo would never be at rest.
/// </summary>
internal sealed class BusyTimer
{
    private readonly TimeSpan _period;
    private readonly Func<Task<bool>> _look;
    private readonly IGrainTimer _timer;
    private bool _isRunning;

    /// <param name="grain">Whose timer it is; its calls go on between the awaits of a look.</param>
    /// <param name="period">How long after a start, or after a look that found something, the next look is.</param>
    /// <param name="look">Looks, and says whether there still is something to look after.</param>
    public BusyTimer(Grain grain, TimeSpan period, Func<Task<bool>> look)
    {
        (_period, _look) = (period, look);
        _timer = grain.RegisterGrainTimer(
            _ => TickAsync(), new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    /// <summary>There is something to look after.</summary>
    public void Start()
    {
        if (!_isRunning)
        {
            _isRunning = true;
            _timer.Change(_period, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task TickAsync()
    {
        // What comes while it looks starts it too.
        _isRunning = false;
        var goesOn = true;
        try
        {
            goesOn = await _look();
        }
        finally
        {
            if (goesOn)
            {
                Start();
            }
        }
    }
}
