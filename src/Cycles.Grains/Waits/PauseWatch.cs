using System.Diagnostics;

namespace Cycles.Grains.Waits;

/// <summary>
/// Notices that this process did nothing for so long that others may have taken its place: it was stopped, it had no processor, or its machine was
/// suspended, which the monotonic clock does not show but the wall clock does. A wall clock that an operator sets forward looks the same, and
/// costs one look into the cluster's table. The timer of this class notices the pause, or the first reader of <see cref="PauseEndedAt"/> if that comes earlier.
/// </summary>
public sealed class PauseWatch : IDisposable
{
    /// <summary>The shortest pause that counts: less than the shortest time in which a silo that hangs can be declared dead.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);

    private readonly Timer _ticks;
    private long _tickedAt = Stopwatch.GetTimestamp();
    private long _wallTicks = DateTime.UtcNow.Ticks;
    private long _pauseEndedAt;

    /// <summary>Begins to watch.</summary>
    public PauseWatch() => _ticks = new Timer(_ => Tick(), null, TickEvery, TickEvery);

    /// <summary>When the last pause was noticed, as a timestamp (<see cref="Stopwatch.GetTimestamp"/>); 0 when there was none.</summary>
    public long PauseEndedAt
    {
        get
        {
            if (IsAfterPause(Stopwatch.GetTimestamp(), DateTime.UtcNow.Ticks))
            {
                Tick();
            }

            return Volatile.Read(ref _pauseEndedAt);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ticks.Dispose();

    private void Tick()
    {
        // Taken once: a pause in the middle of this is seen by the next.
        var (timestamp, wallTicks) = (Stopwatch.GetTimestamp(), DateTime.UtcNow.Ticks);
        if (IsAfterPause(timestamp, wallTicks))
        {
            // Before the tick, so that nobody sees the tick without the pause.
            Volatile.Write(ref _pauseEndedAt, Stopwatch.GetTimestamp());
        }

        Volatile.Write(ref _tickedAt, timestamp);
        Volatile.Write(ref _wallTicks, wallTicks);
    }

    private bool IsAfterPause(long timestamp, long wallTicks) =>
        Stopwatch.GetElapsedTime(Volatile.Read(ref _tickedAt), timestamp) >= Shortest
        || wallTicks - Volatile.Read(ref _wallTicks) >= Shortest.Ticks;
}
