using System.Diagnostics;

namespace Cycles.Gateway.Silos;

/// <summary>
/// Which silos take requests and do not answer. Orleans sends a request to a silo of its choice, which passes it on to the one that has the grain. So a
/// silo that hangs also holds up requests for tenants of others, until the cluster has declared it dead.
/// </summary>
internal sealed class SilentSilos
{
    /// <summary>
    /// While some silos are silent, how often each other one stands in the list from which Orleans chooses by turns: of so many requests one goes by way of a
    /// silent silo. It must stay in the list. Orleans closes its connection to a silo that is not there, and when the silo goes on, its answers wait
    /// for a new connection.
    /// </summary>
    private const int Weight = 100;

    private readonly Lock _lock = new();
    private HashSet<Uri> _silent = [];
    private Alarm _alarm = new();

    /// <summary>The silos that the cluster's table names, as of the last look.</summary>
    public IReadOnlyList<Uri> All { get; private set; } = [];

    /// <summary>Is raised when calls that are under way should be given up.</summary>
    public Alarm NextAlarm => Volatile.Read(ref _alarm);

    /// <summary>Whether it is silent.</summary>
    public bool IsSilent(Uri silo)
    {
        lock (_lock)
        {
            return _silent.Contains(silo);
        }
    }

    /// <summary>Sets which silos are silent.</summary>
    /// <returns>Those that were not before.</returns>
    public IReadOnlyList<Uri> Set(IEnumerable<Uri> silent)
    {
        lock (_lock)
        {
            var before = _silent;
            _silent = [.. silent.Intersect(All)];
            return [.. _silent.Except(before)];
        }
    }

    /// <summary>
    /// The list from which Orleans chooses. When a silent silo is no longer among <paramref name="all"/>, it has been declared dead: its tenants are served
    /// elsewhere now, and calls that wait for it are given up.
    /// </summary>
    public IList<Uri> Choose(IList<Uri> all)
    {
        bool hasDied;
        HashSet<Uri> silent;
        lock (_lock)
        {
            hasDied = _silent.Any(silo => !all.Contains(silo));
            _silent.IntersectWith(all);
            silent = [.. _silent];
            All = [.. all];
        }

        if (hasDied)
        {
            GiveUpCallsBefore(Stopwatch.GetTimestamp());
        }

        // In turns, so that two requests in a row, of which the second may be another try of the first, go by way of different silos.
        return silent.Count == 0 || silent.Count == all.Count
            ? all
            : [.. silent, .. Enumerable.Repeat(all.Where(silo => !silent.Contains(silo)), Weight).SelectMany(answering => answering)];
    }

    /// <summary>Gives up the calls that were made before <paramref name="timestamp"/> and have not been answered.</summary>
    /// <param name="timestamp">As of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void GiveUpCallsBefore(long timestamp) => Interlocked.Exchange(ref _alarm, new Alarm()).Raise(timestamp);

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

            // Not on this thread: calls that are given up go on where they were.
            _source.CancelAsync().Ignore();
        }
    }
}
