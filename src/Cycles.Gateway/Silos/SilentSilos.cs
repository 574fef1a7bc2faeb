using System.Diagnostics;

namespace Cycles.Gateway.Silos;

/// <summary>
/// Which silos take requests and do not answer. Orleans sends a request to a silo of its choice, which passes it on to the one that has the grain. So a
/// silo that hangs also holds up requests for tenants of others, until the cluster has declared it dead.
/// </summary>
internal sealed class SilentSilos(TimeProvider time)
{
    /// <summary>
    /// How long a silo is passed over. Longer than the cluster needs to declare a silo dead; one that is still in the cluster then is asked again.
    /// </summary>
    public static readonly TimeSpan PassedOver = TimeSpan.FromSeconds(8);

    private readonly Lock _lock = new();
    private readonly Dictionary<Uri, long> _silentSince = [];
    private Alarm _alarm = new();

    /// <summary>The silos that the cluster's table names, silent ones included, as of the last look.</summary>
    public IReadOnlyList<Uri> All { get; private set; } = [];

    /// <summary>Is raised when calls that are under way should be given up.</summary>
    public Alarm NextAlarm => Volatile.Read(ref _alarm);

    /// <summary>Whether it is passed over.</summary>
    public bool IsPassedOver(Uri silo)
    {
        lock (_lock)
        {
            return IsSilent(silo);
        }
    }

    /// <summary>Passes them over from the next <see cref="Choose"/> on.</summary>
    public void PassOver(IEnumerable<Uri> silos)
    {
        lock (_lock)
        {
            foreach (var silo in silos)
            {
                _silentSince[silo] = time.GetTimestamp();
            }
        }
    }

    /// <summary>
    /// Those of all silos by way of which requests may go: all of them when all are silent. When a silent one is no longer among them, it has been declared
    /// dead: its tenants are served elsewhere now, and calls that wait for it are given up.
    /// </summary>
    public IList<Uri> Choose(IList<Uri> all)
    {
        bool hasDied;
        Uri[] chosen;
        lock (_lock)
        {
            hasDied = _silentSince.Keys.Any(silo => !all.Contains(silo));
            foreach (var former in _silentSince.Keys.Where(silo => !all.Contains(silo) || !IsSilent(silo)).ToArray())
            {
                _silentSince.Remove(former);
            }

            All = [.. all];
            chosen = [.. all.Where(silo => !IsSilent(silo))];
        }

        if (hasDied)
        {
            GiveUpCallsBefore(Stopwatch.GetTimestamp());
        }

        return chosen.Length > 0 ? chosen : all;
    }

    /// <summary>Gives up the calls that were made before <paramref name="timestamp"/> and have not been answered.</summary>
    /// <param name="timestamp">As of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void GiveUpCallsBefore(long timestamp) => Interlocked.Exchange(ref _alarm, new Alarm()).Raise(timestamp);

    private bool IsSilent(Uri silo) => _silentSince.TryGetValue(silo, out var since) && time.GetElapsedTime(since) < PassedOver;

    /// <summary>Tells all calls that are under way, once.</summary>
    internal sealed class Alarm
    {
        // Never disposed: it has no timer, and calls that are under way may still look at it.
        private readonly CancellationTokenSource _source = new();

        /// <summary>Calls made before this are given up; as of <see cref="Stopwatch.GetTimestamp"/>.</summary>
        public long Before { get; private set; }

        /// <summary>Cancelled when it is raised.</summary>
        public CancellationToken Token => _source.Token;

        /// <summary>Raises it.</summary>
        public void Raise(long before)
        {
            Before = before;
            _source.Cancel();
        }
    }
}
