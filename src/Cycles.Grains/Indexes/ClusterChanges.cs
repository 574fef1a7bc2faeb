using Orleans.Runtime;

namespace Cycles.Grains.Indexes;

/// <summary>
/// Brings an index what has changed in the cluster since it asked the last time. Nothing can be missing, because
/// <list type="bullet">
/// <item>a ledger marks its silo's board before it answers, and a board forgets a mark only to the index that follows it;</item>
/// <item>a ledger that begins, wherever, marks all of its tenant: what an earlier one left in doubt or took down with its silo;</item>
/// <item>a board with a new follower (a silo that has just joined, an index that lives twice for a moment) names every tenant that was
/// ever written on it;</item>
/// <item>a silo that is gone takes its marks along, and so does an answer that is lost: then everything counts as changed. Once more a
/// while after, for a silo that was declared dead may write until it notices, or until the tenant's next ledger takes its fence.</item>
/// </list>
/// A silo that has joined is asked as soon as this one knows of it; until then its changes are late, not lost.
/// </summary>
internal sealed class ClusterChanges(
    IndexKind kind,
    ChangeBoard board,
    ILocalSiloDetails self,
    IClusterMembershipService membership,
    IGrainFactory grains,
    TimeProvider time)
{
    private const int MostAttempts = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SettlesAfter = TimeSpan.FromSeconds(30);

    private readonly Guid _follower = Guid.NewGuid();
    private HashSet<SiloAddress>? _gone;
    private long? _goneAt;
    private bool _isBroken;

    /// <summary>Asks every silo.</summary>
    /// <returns>Null when everything may have changed.</returns>
    /// <exception cref="SiloUnavailableException">A silo does not answer, and nobody has declared it dead so far.</exception>
    public async Task<SiloChanges?> CollectAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var members = membership.CurrentSnapshot.Members.Values;
            var isSettled = IsSettled(members);
            var active = members.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).ToArray();
            try
            {
                var changes = await Task.WhenAll(active.Select(TakeAsync));
                var isWhole = isSettled && !_isBroken;
                _isBroken = false;
                return isWhole ? Together(changes) : null;
            }
            catch (Exception exception)
            {
                // What the others have answered is lost with this.
                _isBroken = true;
                if (attempt == MostAttempts)
                {
                    throw new SiloUnavailableException("a silo does not say what has changed on it", exception);
                }
            }

            await Task.Delay(PauseAfterFailure, time);
        }
    }

    private static SiloChanges Together(SiloChanges[] changes) => changes is [var only]
        ? only
        : new SiloChanges([.. changes.SelectMany(some => some.Tenants)], [.. changes.SelectMany(some => some.Budgets)]);

    private Task<SiloChanges> TakeAsync(SiloAddress silo) => silo.Equals(self.SiloAddress)
        ? Task.FromResult(board.Take(kind, _follower))
        : grains.GetGrain<ISiloChangesGrain>(silo.ToParsableString()).Take(kind, _follower).AsTask().WaitAsync(Patience, time);

    /// <summary>Whether no silo has gone since the last question, is about to, or has just.</summary>
    private bool IsSettled(IEnumerable<ClusterMember> members)
    {
        var isSettled = true;
        var gone = new HashSet<SiloAddress>();
        foreach (var member in members)
        {
            switch (member.Status)
            {
                case SiloStatus.ShuttingDown or SiloStatus.Stopping:
                    // Its ledgers still finish what they have begun, and it takes no more questions.
                    isSettled = false;
                    break;
                case SiloStatus.Dead:
                    gone.Add(member.SiloAddress);
                    break;
            }
        }

        if (_gone is { } known && !gone.IsSubsetOf(known))
        {
            isSettled = false;
            _goneAt = time.GetTimestamp();
        }
        else if (_goneAt is { } goneAt && time.GetElapsedTime(goneAt) > SettlesAfter)
        {
            isSettled = false;
            _goneAt = null;
        }

        _gone = gone;
        return isSettled;
    }
}
