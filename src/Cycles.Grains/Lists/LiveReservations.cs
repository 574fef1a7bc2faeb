using Cycles.Grains.Journal;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Lists;

/// <summary>
/// A tenant's reservations that are not in the history, in memory: the active ones, and some thousands that have lately ended. Read from the store once, and
/// kept current by what the ledger says has changed.
/// </summary>
internal sealed class LiveReservations(RedisStore store, ILedgerGrain ledger, TenantKeys keys)
{
    private const int ReadBatch = 500;

    private FactPosition _seen;
    private Task? _loading;

    /// <summary>The reservations.</summary>
    public ReservationIndex Index { get; private set; } = new();

    /// <summary>The runs of the history at the same moment.</summary>
    public HistoryManifest History { get; private set; } = HistoryManifest.Empty;

    /// <summary>Whether they were read.</summary>
    public bool IsLoaded => _seen != default;

    /// <summary>Makes <see cref="Index"/> and <see cref="History"/> current.</summary>
    public async ValueTask CatchUpAsync()
    {
        if (_loading is { } loading)
        {
            await loading;
        }

        var followed = await ledger.FollowReservations(_seen);
        if (_loading is not null || !TryApply(followed))
        {
            await (_loading ??= LoadAsync());
        }
    }

    /// <summary>Takes over changes, unless others did meanwhile, or there are some that are not known.</summary>
    private bool TryApply(FollowedReservations followed)
    {
        var page = followed.Page;
        if (page.IsGap || page.Now.Source != _seen.Source || page.After.Sequence > _seen.Sequence)
        {
            return false;
        }

        if (page.Now.Sequence < _seen.Sequence)
        {
            return true;
        }

        // Some of them may be known: to apply them again, in order and up to the last, comes to the same.
        Array.ForEach(page.Facts, fact => Apply(fact, Index));
        (_seen, History) = (page.Now, followed.History);
        return true;
    }

    private async Task LoadAsync()
    {
        // The field must be set before this can end.
        await Task.Yield();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var load = new Load(await ledger.FollowReservations(default));

                // In this order: what ends in between is in the second.
                await AddAsync(load, keys.Due);
                await AddAsync(load, keys.Ended);
                await load.FollowAsync(ledger);
                if (load.IsComplete)
                {
                    (Index, _seen, History) = (load.Finish(), load.Seen, load.History);
                    return;
                }

                // More has changed meanwhile than the ledger remembers.
                await Retries.PauseAsync(attempt);
            }
        }
        finally
        {
            _loading = null;
        }
    }

    private async Task AddAsync(Load load, StackExchange.Redis.RedisKey ids)
    {
        await foreach (var page in SortedSetPages.ReadAsync(store, ids))
        {
            foreach (var some in page.Chunk(ReadBatch))
            {
                foreach (var value in await store.Database.StringGetAsync(Array.ConvertAll(some, id => keys.Reservation(id))))
                {
                    if (value.HasValue && GrainJson.Read((byte[])value!, GrainJson.Default.ReservationSlot).Reservation is { } record)
                    {
                        load.Index.Put(ReservationRow.Of(record));
                    }
                }

                // Before the ledger forgets them.
                await load.FollowAsync(ledger);
            }
        }
    }

    private static void Apply(Fact fact, ReservationIndex index)
    {
        switch (fact)
        {
            case ReservationChanged changed:
                index.Put(changed.Row);
                break;
            case ReservationsSealed @sealed:
                Array.ForEach(@sealed.Ids, index.Remove);
                break;
        }
    }

    /// <summary>What is being read, and what has changed since that began.</summary>
    private sealed class Load(FollowedReservations begun)
    {
        private readonly List<Fact> _facts = [];

        public ReservationIndex Index { get; } = new();

        public FactPosition Seen { get; private set; } = begun.Page.Now;

        public HistoryManifest History { get; private set; } = begun.History;

        public bool IsComplete { get; private set; } = true;

        public async Task FollowAsync(ILedgerGrain ledger)
        {
            var followed = await ledger.FollowReservations(Seen);
            IsComplete &= !followed.Page.IsGap;
            _facts.AddRange(followed.Page.Facts);
            (Seen, History) = (followed.Page.Now, followed.History);
        }

        /// <summary>The rows with the changes.</summary>
        public ReservationIndex Finish()
        {
            _facts.ForEach(fact => Apply(fact, Index));
            return Index;
        }
    }
}
