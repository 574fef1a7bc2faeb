using Cycles.Grains.Store;

namespace Cycles.Grains.Journal;

/// <summary>
/// The facts of one kind of all silos, read on from where they were read last. What they tell is whole only when the same silos tell it as before:
/// <list type="bullet">
/// <item>a silo that is gone may have written what it told nobody; and once more a while later, as one that its cluster has declared dead may write until it
/// notices, or until the tenant's next ledger takes its fence;</item>
/// <item>of one that is new, or did not answer the last time, the beginning is not known;</item>
/// <item>a ledger that begins, wherever, tells that anything of its tenant may have changed: what an earlier one left in doubt or took down with its silo;</item>
/// <item>a store that was restarted or replaced may have forgotten what was told, of tenants whose ledgers say nothing because nobody asks them anything.</item>
/// </list>
/// When it is not whole, the store has everything that was acknowledged before.
/// </summary>
/// <param name="read">Reads a silo's feed from a position; null when the silo does not answer.</param>
/// <param name="silos">All silos that may write.</param>
/// <param name="incarnation">Which life of the store this is.</param>
/// <param name="time">The time.</param>
internal sealed class ClusterFacts(
    Func<SiloAddress, FactPosition, Task<FactPage?>> read, Func<Task<SiloAddress[]>> silos, Func<ValueTask<long>> incarnation, TimeProvider time)
{
    private static readonly TimeSpan SettlesAfter = TimeSpan.FromSeconds(30);

    private Dictionary<SiloAddress, FactPosition> _positions = [];
    private HashSet<SiloAddress> _known = [];
    private long? _goneAt;
    private long? _incarnation;

    /// <summary>Of a cluster. Its silos are those of the membership table itself: what a silo believes of the others may be some seconds old.</summary>
    public ClusterFacts(FactKind kind, SiloFactsClient client, IMembershipTable membership, RedisStore store, TimeProvider time)
        : this((silo, after) => client.ReadAsync(silo, kind, after), () => ReadSilosAsync(membership), () => RecognizeAsync(store), time)
    {
    }

    /// <summary>Reads on. Unless what it finds is accepted, the next reading finds that something may be missing.</summary>
    public async Task<FactNews> ReadAsync()
    {
        var positions = _positions;
        _positions = [];
        var life = await incarnation();
        var isSameStore = life == _incarnation;
        var asked = await silos();
        var isSettled = IsSettled(asked);
        var pages = await Task.WhenAll(asked.Select(silo => read(silo, positions.GetValueOrDefault(silo))));
        return new FactNews(
            isSameStore && isSettled && positions.Count == asked.Length && pages.All(page => page is { IsGap: false }),
            isSameStore,
            life,
            [.. pages.SelectMany(page => page?.Facts ?? [])],
            asked.Zip(pages).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First, pair => pair.Second!.Now));
    }

    /// <summary>Says that the reader has applied the facts, or has read the store. The next reading begins after them.</summary>
    public void Accept(FactNews news) => (_positions, _incarnation) = (news.Positions, news.Incarnation);

    /// <summary>False once, 30 s after a silo has left. That one has just left shows in the number of positions.</summary>
    private bool IsSettled(SiloAddress[] asked)
    {
        if (!_known.IsSubsetOf(asked))
        {
            _goneAt = time.GetTimestamp();
        }

        _known = [.. asked];
        if (_goneAt is { } goneAt && time.GetElapsedTime(goneAt) > SettlesAfter)
        {
            _goneAt = null;
            return false;
        }

        return true;
    }

    private static async ValueTask<long> RecognizeAsync(RedisStore store)
    {
        await store.RecognizeAsync();
        return store.Incarnation;
    }

    private static async Task<SiloAddress[]> ReadSilosAsync(IMembershipTable membership) =>
    [
        .. (await membership.ReadAllAsync(CancellationToken.None)).Members
            .Select(member => member.Item1)
            .Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .Select(member => member.SiloAddress),
    ];
}

/// <summary>What the silos have told.</summary>
/// <param name="IsWhole">Whether that is all there is; otherwise the store must be read.</param>
/// <param name="IsSameStore">Whether what was read of the store before is still certain.</param>
/// <param name="Incarnation">Which life of the store was read.</param>
/// <param name="Facts">The facts, of each silo in order.</param>
/// <param name="Positions">How far each silo's feed was read.</param>
internal sealed record FactNews(bool IsWhole, bool IsSameStore, long Incarnation, Fact[] Facts, Dictionary<SiloAddress, FactPosition> Positions);
