using Cycles.Grains.Runs;

namespace Cycles.Grains.Boards;

/// <summary>
/// The ids that a tenant has used, as filters: those in the history by run, all others in filters of the ledger's own. It answers "certainly new" from
/// memory, so that a first request reads nothing from the store and a denied one costs no I/O at all. A wrong "may exist" costs some reads.
/// </summary>
/// <remarks>One writer; others may read at any time. What they may miss for a moment is an id that is in flight.</remarks>
internal sealed class SeenIds
{
    private const int IdsInFirst = 1024;
    private const int MostIdsInOne = 1024 * 1024;

    private volatile Published _published = new([], RunFilters.None);
    private RunFilters _history = RunFilters.None;
    private Own _own = new();
    private Own? _renewed;

    /// <summary>How many ids the ledger's own filters have.</summary>
    public int OwnCount => _own.Count;

    /// <summary>Adds an id that is not in the history.</summary>
    public void Add(string id)
    {
        var key = IdFilter.KeyOf(id);
        _renewed?.Add(key);

        // What only the history says does not count: what it says wrongly goes with its run.
        if (_own.Add(key))
        {
            Publish();
        }
    }

    public bool MayContain(string id)
    {
        var probe = new IdFilter.Probe(IdFilter.KeyOf(id));
        var published = _published;
        foreach (var filter in published.Own)
        {
            if (filter.MayContain(probe))
            {
                return true;
            }
        }

        return published.History.MayContain(probe);
    }

    /// <summary>The filters of the history are these from now on.</summary>
    public void SetHistory(RunFilters filters)
    {
        _history = filters;
        Publish();
    }

    /// <summary>
    /// Begins to forget the ids that are in the history: from now on ids go into the new filters too. Then add all that are not in the history, and
    /// <see cref="EndRenewal"/>.
    /// </summary>
    public void BeginRenewal() => _renewed = new Own();

    /// <summary>Only what was added since the beginning, and what the history has, counts from now on.</summary>
    public void EndRenewal()
    {
        (_own, _renewed) = (_renewed!, null);
        Publish();
    }

    /// <summary>Gives up a renewal.</summary>
    public void DropRenewal() => _renewed = null;

    private void Publish() => _published = new([.. _own.Filters], _history);

    /// <summary>What readers see.</summary>
    private sealed record Published(IdFilter[] Own, RunFilters History);

    /// <summary>Filters that grow with what is added.</summary>
    private sealed class Own
    {
        private int _roomInLast;

        public List<IdFilter> Filters { get; } = [];

        public int Count { get; private set; }

        /// <summary>Adds a key unless it may be there; true when there is one more filter.</summary>
        public bool Add(ulong key)
        {
            if (Filters.Exists(filter => filter.MayContain(key)))
            {
                return false;
            }

            var grows = _roomInLast == 0;
            if (grows)
            {
                _roomInLast = Math.Clamp(Count, IdsInFirst, MostIdsInOne);
                Filters.Add(new IdFilter(_roomInLast));
            }

            Filters[^1].Add(key);
            Count++;
            _roomInLast--;
            return grows;
        }
    }
}
