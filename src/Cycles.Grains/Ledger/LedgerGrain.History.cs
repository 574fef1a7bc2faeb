using Cycles.Contracts.Addressing;
using Cycles.Contracts.Store;
using Cycles.Grains.History;
using Cycles.Grains.Journal;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

// Which ids exist: those that are active, those that have ended, and those in the history.
internal sealed partial class LedgerGrain
{
    // Beyond what is active and what has lately ended, before the filters are made anew.
    private const int MostForgettable = 262_144;

    private const int MostWrittenMeanwhile = 262_144;

    private TenantHistory _history = null!;
    private HashSet<string>? _writtenMeanwhile;
    private long _ended;
    private long _sealingAskedAt;
    private bool _isRenewing;
    private HistoryUpdate? _update;

    public async ValueTask<OpenedHistory> OpenHistory(int limit)
    {
        // First: from then on nobody can change the history whom this does not know.
        await UpdatedAsync();
        var epoch = Open(OpenedHistory.RecordId, ++_lastEpoch);
        var written = _writtenMeanwhile = [];
        await FlushAsync();
        var ended = await store.Database.SortedSetRangeByRankWithScoresAsync(_keys.Ended, 0, limit - 1);
        if (ended.Length < limit)
        {
            // Corrects what was counted. Nothing will be sealed.
            _ended = ended.Length + written.Count;
            _sealingAskedAt = 0;
            _writtenMeanwhile = null;
        }

        return new OpenedHistory(
            epoch, _history.Manifest, Array.ConvertAll(ended, entry => (string)entry.Element!), Array.ConvertAll(ended, entry => (long)entry.Score));
    }

    public async ValueTask<FollowedReservations> FollowReservations(FactPosition after)
    {
        do
        {
            // In this order: the change may end with this ledger.
            await UpdatedAsync();
            await ProvenAsync();
        }
        while (_update is not null);
        return new FollowedReservations(_journal.Reservations.Read(after), _history.Manifest);
    }

    /// <summary>Whether a change rests on the runs as they are, and on the reservations as they are.</summary>
    private bool MayUpdate(HistoryChange change) =>
        _update is null && change.Manifest.Generation == _history.Manifest.Generation + 1 && IsUntouched(change);

    /// <summary>Waits until no change of the history is on its way.</summary>
    private async Task UpdatedAsync()
    {
        while (_update is { } update)
        {
            await update.Task;
        }
    }

    /// <summary>
    /// Whether what a transaction puts into the history is what its author has read: an idempotency key that was free again may have made one of these
    /// reservations anew since.
    /// </summary>
    private bool IsUntouched(HistoryChange change) =>
        change.Sealed.Length == 0 || (_writtenMeanwhile is { } written && !Array.Exists(change.Sealed, written.Contains));

    private void NoteWritten(string id)
    {
        if (_writtenMeanwhile?.Count >= MostWrittenMeanwhile)
        {
            // HistoryGrain has ended, or takes too long. Its change is refused, and it opens the history again.
            _writtenMeanwhile = null;
        }

        _writtenMeanwhile?.Add(id);
    }

    private async Task LoadHistoryAsync()
    {
        _history = new TenantHistory(store, _keys, new HistoryReader(store, historyCache, _keys), clock, options.Value);
        await AddUnsealedAsync();
        await _history.LoadAsync();
        _memory.Seen.SetHistory(_history.Filters);
        AskToSeal();
    }

    private async Task InstallAsync(HistoryChange change)
    {
        try
        {
            await _history.InstallAsync(change.Manifest);
        }
        catch (Exception exception)
        {
            EndActivation();
            throw new StoreInDoubtException("the history could not be read", exception);
        }

        _memory.Seen.SetHistory(_history.Filters);
        _ended = Math.Max(0, _ended - change.Sealed.Length);
        _sealingAskedAt = 0;
        _writtenMeanwhile = null;
        if (change.Sealed.Length > 0)
        {
            _journal.Tell(new ReservationsSealed(change.Sealed));
        }

        RenewAsync().Ignore();
    }

    /// <summary>Counts what has ended, and has it put into the history when it is enough.</summary>
    private void CountEnded()
    {
        _ended++;
        AskToSeal();
    }

    private void AskToSeal()
    {
        // Again after some more: the grain that was asked may have ended in the middle of it.
        if (_ended >= options.Value.HistoryBatch && (_sealingAskedAt == 0 || _ended >= _sealingAskedAt + (options.Value.HistoryBatch / 4)))
        {
            _sealingAskedAt = _ended;
            grains.Get<IHistoryGrain>(TenantId).Seal().AsTask().Ignore();
        }
    }

    /// <summary>
    /// Makes the filter of ids anew when most of what it has is in the history by now. What is written down meanwhile goes into both.
    /// </summary>
    private async Task RenewAsync()
    {
        if (_isRenewing || _memory.Seen.OwnCount < MostForgettable + (2 * (_quota.Outstanding + _ended)))
        {
            return;
        }

        _isRenewing = true;
        _memory.Seen.BeginRenewal();
        try
        {
            await FlushAsync();
            await AddUnsealedAsync();

            // What left the index before it was read is in a run that this ledger knows as soon as it has taken note of it.
            await UpdatedAsync();
            if (_isInDoubt)
            {
                _memory.Seen.DropRenewal();
                return;
            }

            _memory.Seen.EndRenewal();
        }
        catch (Exception)
        {
            _memory.Seen.DropRenewal();
        }
        finally
        {
            _isRenewing = false;
        }
    }

    private async Task AddUnsealedAsync()
    {
        // In this order: what ends in between is in the second.
        await AddAllAsync(_keys.Due);
        _ended = await AddAllAsync(_keys.Ended);
    }

    private async Task<long> AddAllAsync(RedisKey ids)
    {
        var count = 0L;
        await foreach (var page in SortedSetPages.ReadAsync(store, ids))
        {
            Array.ForEach(page, _memory.Seen.Add);
            count += page.Length;
        }

        return count;
    }

    /// <summary>A change of the history, from when it is accepted until this ledger knows what has become of it. There is one at a time.</summary>
    private sealed class HistoryUpdate : IDisposable
    {
        private readonly LedgerGrain _ledger;
        private readonly HashSet<string> _sealed;
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HistoryUpdate(LedgerGrain ledger, HistoryChange change)
        {
            (_ledger, _sealed) = (ledger, [.. change.Sealed]);
            ledger._history.Announce(change.Manifest);
            ledger._update = this;
        }

        public Task Task => _end.Task;

        public bool Seals(string id) => _sealed.Contains(id);

        public void Dispose()
        {
            if (!_ledger._isInDoubt)
            {
                // When in doubt, the change may be written, and the reservations' keys gone. Then the announced run must still be searched.
                _ledger._history.Recall();
            }

            _ledger._update = null;
            _end.SetResult();
        }
    }
}
