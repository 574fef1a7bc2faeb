using System.Diagnostics;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Store;
using Cycles.Grains.Boards;
using Cycles.Grains.Budgets;
using Cycles.Grains.Cluster;
using Cycles.Grains.History;
using Cycles.Grains.Journal;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

// Reentrant: every method either only touches memory, or awaits the store after it has done all its checks; what it changes in memory
// (epochs, due time) it changes before it awaits.
[Reentrant, TenantPlacement]
internal sealed partial class LedgerGrain(
    RedisStore store,
    GroupCommit groupCommit,
    LedgerBoard board,
    LedgerLease lease,
    SiloStanding standing,
    SiloFacts facts,
    HistoryCache historyCache,
    IGrainFactory grains,
    StoreClock clock,
    TimeProvider time,
    IOptions<StoreOptions> options,
    ILogger<LedgerGrain> logger)
    : Grain, ILedgerGrain
{
    private readonly Dictionary<ScopePath, long> _scopeEpochs = [];
    private readonly RecordEpochs _records = new();
    private readonly HashSet<Task> _inFlight = [];
    private readonly Dictionary<string, Task> _recordWrites = [];

    private TenantKeys _keys;
    private TenantJournal _journal = null!;
    private LedgerMemory _memory = null!;
    private TenantQuota _quota = null!;
    private RedisValue _token;
    private long _lastEpoch;
    private long _tenantEpoch;
    private long _acceptedDueMs = long.MaxValue;
    private bool _isClosed;
    private Flip? _flip;
    private bool _isInDoubt;
    private SharedRuns _proofs = null!;
    private bool _expiryIsArmed;

    private string TenantId => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _keys = new TenantKeys(TenantId);
        _journal = new TenantJournal(TenantId, facts, time);

        // A token, not a counter: a store that lost its last second must not let an older writer match again by counting.
        _token = Guid.NewGuid().ToString("N");
        _lastEpoch = Random.Shared.NextInt64(1L << 60);
        _memory = new LedgerMemory(store.Incarnation, _lastEpoch, lease);
        _proofs = new SharedRuns(ProveOnceAsync);
        var taken = await TakeFenceAsync();
        _journal.Doubt();

        // From here on no older writer can write; what is read now is durable, as a barrier stands behind the fence, and stays true until this
        // activation changes it. The close key is written in the transaction that closes the tenant, and never removed.
        _isClosed = await store.Database.KeyExistsAsync(_keys.Close);
        _memory.NextDueMs = await FirstDueAsync();
        await Task.WhenAll(RefuseOlderFormatsAsync(), _journal.LoadAsync(store));
        await LoadHistoryAsync();
        _quota = await TenantQuota.LoadAsync(store, clock, _keys, options.Value);
        if (_memory.NextDueMs != long.MaxValue)
        {
            await grains.Get<IExpiryGrain>(TenantId).WakeAt(_memory.NextDueMs);
        }

        await KeepSilentAsync(taken, cancellationToken);

        // Last: an activation that fails, or was given up, must leave nothing behind that nobody keeps true.
        cancellationToken.ThrowIfCancellationRequested();
        board.Publish(TenantId, _memory);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        board.Withdraw(TenantId, _memory);
        if (!_isInDoubt && !lease.IsExclusive)
        {
            GiveFenceBack();
        }

        return Task.CompletedTask;
    }

    public async ValueTask<CommitOutcome> Commit(LedgerTransaction transaction)
    {
        // Before anything is noted of it.
        store.Persistence.ThrowIfBroken();
        if (transaction.DueAtMs is { } dueAtMs)
        {
            // Before the first reservation or period can be durable, the reminder that guarantees its end is.
            await ArmExpiryAsync(dueAtMs);
        }

        while (_flip is { } underWay && (!transaction.AllowedWhenClosed || transaction.ClosesTenant is not null))
        {
            // Once anybody can read that the tenant is closed, nothing of it may still become durable (CASCADE SEMANTICS, mode B (a)): what
            // was accepted before the flip stands before it in the store, what comes after waits for it and is refused.
            await underWay.Task;
        }

        // Nothing opens a closed tenant again, whatever its grain believes.
        var opensAgain = _isClosed && transaction.ClosesTenant == false;
        if (_isInDoubt || opensAgain || !AreEpochsCurrent(transaction))
        {
            Telemetry.Conflicts.Add(1);
            await ProveOrEndAsync();
            return CommitOutcome.Conflict;
        }

        if (_isClosed && !transaction.AllowedWhenClosed)
        {
            return CommitOutcome.TenantClosed;
        }

        if (_quota.Check(transaction) is { } refused)
        {
            return refused;
        }

        using var flip = !_isClosed && transaction.ClosesTenant == true ? new Flip(this) : null;
        if (transaction.Record is { } record)
        {
            Accept(record);
        }

        if (transaction.History is { } proposed && !MayUpdate(proposed))
        {
            return CommitOutcome.Conflict;
        }

        using var update = transaction.History is { } announced ? new HistoryUpdate(this, announced) : null;
        transaction = _quota.Count(transaction);
        if (transaction.DueAtMs is { } acceptedDueMs)
        {
            // A second time: a reader that looked for the next due time while this transaction armed the reminder or waited found it neither in the store nor under way.
            NoteDue(acceptedDueMs);
        }

        var kept = _journal.Keep(transaction.Facts);
        if (!await WriteAsync(transaction, kept))
        {
            return CommitOutcome.Conflict;
        }

        if (transaction.Record is { Closes: true } closed)
        {
            Close(closed);
        }

        if (transaction.History is { } written)
        {
            await InstallAsync(written);
        }

        Tell(transaction, kept);
        FollowUp(transaction);
        return CommitOutcome.Durable;
    }

    public ValueTask<bool> IsTenantClosed() => new(_isClosed);

    private bool AreEpochsCurrent(LedgerTransaction transaction)
    {
        foreach (var stake in transaction.Stakes)
        {
            if (_scopeEpochs.GetValueOrDefault(stake.Scope) != stake.Epoch)
            {
                return false;
            }
        }

        if (transaction.Record is { } touched && _update?.Seals(touched.Id) == true)
        {
            // Its key is being removed.
            return false;
        }

        if (transaction.AdmissionEpoch is { } admission && _tenantEpoch != admission)
        {
            return false;
        }

        return transaction.Record switch
        {
            null => true,
            { Id: OpenedTenant.RecordId } tenant => _tenantEpoch == tenant.Epoch,
            { Opens: true } made => !_memory.Seen.MayContain(made.Id),
            { } opened => _records.IsCurrent(opened.Id, opened.Epoch),
        };
    }

    /// <summary>Called before the record can be durable. From now on its id may exist, and the epoch under which this transaction opens it is the current one.</summary>
    private void Accept(RecordStake record)
    {
        if (record.Opens)
        {
            Open(record.Id, record.Epoch);
        }

        if (ReservationId.TryParse(record.Id, out _))
        {
            _memory.Seen.Add(record.Id);
            NoteWritten(record.Id);
        }
    }

    private async Task<bool> WriteAsync(LedgerTransaction transaction, NumberedFacts? kept)
    {
        var began = Stopwatch.GetTimestamp();
        var write = groupCommit.CommitAsync(_keys.Fence, _token, _memory.Incarnation, _keys, transaction, kept);
        _inFlight.Add(write);
        if (transaction.Record is { } record)
        {
            _recordWrites[record.Id] = write;
        }

        try
        {
            if (await write)
            {
                _memory.Proven(began);
                return true;
            }

            LogFenced(logger, TenantId);
        }
        catch (StoreInDoubtException)
        {
            EndActivation();
            throw;
        }
        catch (StoreUnavailableException)
        {
            // Nothing was written: what was noted when it was accepted does not hold.
            _quota.Undo(transaction);
            if (transaction.Record is { Opens: true } opened)
            {
                Close(opened);
            }

            throw;
        }
        finally
        {
            _inFlight.Remove(write);
            if (transaction.Record is { } written && _recordWrites.GetValueOrDefault(written.Id) == write)
            {
                _recordWrites.Remove(written.Id);
            }
        }

        EndActivation();
        return false;
    }

    /// <summary>What was read is not certain any more: the next activation takes a new fence and reads what really happened.</summary>
    private void EndActivation()
    {
        _isInDoubt = true;
        _journal.Doubt();
        board.Withdraw(TenantId, _memory);
        DeactivateOnIdle();
    }

    private void Tell(LedgerTransaction transaction, NumberedFacts? kept)
    {
        if (_journal.TellsBudgets)
        {
            foreach (var stake in transaction.Stakes)
            {
                _journal.Tell(BudgetChanged.By(new BudgetKey(stake.Scope, stake.Unit), stake.Delta));
            }
        }

        _journal.Tell(transaction.Facts, kept);
    }

    private void FollowUp(LedgerTransaction transaction)
    {
        _isClosed = transaction.ClosesTenant ?? _isClosed;
        if (transaction is { Record: { Closes: true } ended, Writes.Length: > 0 } && ReservationId.TryParse(ended.Id, out _))
        {
            CountEnded();
        }
    }

    /// <summary>The tenant's way to CLOSED, until it is known that it is, or this activation has ended.</summary>
    private sealed class Flip : IDisposable
    {
        private readonly LedgerGrain _ledger;
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Flip(LedgerGrain ledger) => (_ledger = ledger)._flip = this;

        public Task Task => _end.Task;

        public void Dispose()
        {
            _ledger._flip = null;
            _end.SetResult();
        }
    }

    [LoggerMessage(EventId = 1202, Level = LogLevel.Warning, Message = "The ledger of tenant {TenantId} may not write any more: another has the fence, or the store or an earlier write is not certain. It ends")]
    private static partial void LogFenced(ILogger logger, string tenantId);
}
