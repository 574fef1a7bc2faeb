using System.Diagnostics;

namespace Cycles.Chaos.Checks;

/// <summary>
/// How long a tenant was without service: the longest time between two changes that were accepted. Refusals do not count, as some are answered from
/// memory.
/// </summary>
internal sealed class Service
{
    private readonly Lock _lock = new();
    private long _last = Stopwatch.GetTimestamp();
    private TimeSpan _longest;

    /// <summary>When a change was last accepted (<see cref="Stopwatch.GetTimestamp"/>).</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>A change was accepted.</summary>
    public void Served()
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            _longest = Longer(Stopwatch.GetElapsedTime(_last, now));
            _last = now;
        }
    }

    /// <summary>The longest gap since the last call, one that is still open among them.</summary>
    public TimeSpan TakeLongest()
    {
        lock (_lock)
        {
            var longest = Longer(Stopwatch.GetElapsedTime(_last));
            _longest = TimeSpan.Zero;
            return longest;
        }
    }

    private TimeSpan Longer(TimeSpan gap) => gap > _longest ? gap : _longest;
}
