using Cycles.Grains.Audit;
using Cycles.Grains.Audit.Feed;
using Cycles.Grains.Expiry;
using Cycles.Grains.Indexes;
using Cycles.Grains.Lists;
using Cycles.Grains.Periods;
using Cycles.Grains.Placement;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Cycles.Grains.Tenants;
using Cycles.Grains.Waits;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
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
    AuditFeed auditFeed,
    ChangeBoard changes,
    IGrainFactory grains,
    StoreClock clock,
    IOptions<StoreOptions> options,
    ILogger<LedgerGrain> logger)
    : Grain, ILedgerGrain
{
    // Few, as the group commit does not get through meanwhile.
    private const int TrimmedAtOnce = 200;

    // Both grains call this one too: a deactivation of one of them must not hold the ledger up.
    private static readonly TimeSpan ArmPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PutPatience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<ScopePath, long> _scopeEpochs = [];
    private readonly RecordEpochs _records = new();
    private readonly HashSet<Task> _inFlight = [];
    private readonly Dictionary<string, Task> _recordWrites = [];

    private TenantKeys _keys;
    private ChangeMarks _marks = null!;
    private LedgerMemory _memory = null!;
    private TenantQuota _quota = null!;
    private RedisValue _token;
    private long _lastEpoch;
    private long _tenantEpoch;
    private long _acceptedDueMs = long.MaxValue;
    private bool _isClosed;
    private Flip? _flip;
    private bool _isInDoubt;
    private Task? _proving;
    private bool _expiryIsArmed;
    private bool _rowsAreFollowed;
    private long _rowSource;
    private long _rowSequence;

    private string TenantId => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _keys = new TenantKeys(TenantId);
        _marks = new ChangeMarks(changes, TenantId);

        // A token, not a counter: a store that lost its last second must not let an older writer match again by counting.
        _token = Guid.NewGuid().ToString("N");
        _lastEpoch = Random.Shared.NextInt64(1L << 60);
        _rowSource = _lastEpoch;
        _memory = new LedgerMemory(store.Incarnation);
        if (!await groupCommit.TakeFenceAsync(_keys.Fence, _token, _memory.Incarnation, _keys))
        {
            throw new StoreInDoubtException("the store was restarted or replaced; the ledger reads it anew");
        }

        _marks.Begin();

        // From here on no older writer can write; what is read now is durable, as a barrier stands behind the fence, and stays true until this
        // activation changes it.
        auditFeed.Doubt(TenantId);
        var tenant = await store.Database.StringGetAsync(_keys.Tenant);
        _isClosed = tenant.HasValue && TenantRecords.Parse((byte[])tenant!).Status == TenantStatus.Closed;
        _memory.NextDueMs = await FirstDueAsync();
        await LoadSeenAsync();
        _quota = await TenantQuota.LoadAsync(store, clock, _keys, options.Value);
        if (_memory.NextDueMs != long.MaxValue)
        {
            await grains.Get<IExpiryGrain>(TenantId).WakeAt(_memory.NextDueMs);
        }

        // Last: an activation that fails must leave nothing behind that nobody keeps true.
        board.Publish(TenantId, _memory);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        board.Withdraw(TenantId, _memory);
        return Task.CompletedTask;
    }

    public async ValueTask<OpenedTenant> OpenTenant()
    {
        var epoch = _tenantEpoch = ++_lastEpoch;
        await FlushAsync();
        var tenant = store.Database.StringGetAsync(_keys.Tenant);
        var budgets = store.Database.HashValuesAsync(_keys.Budgets);
        var policies = store.Database.HashValuesAsync(_keys.Policies);
        var apiKeys = store.Database.HashValuesAsync(_keys.ApiKeys);
        var close = store.Database.StringGetAsync(_keys.Close);
        return new OpenedTenant(
            epoch, await tenant, ToBytes(await budgets), ToBytes(await policies), ToBytes(await apiKeys), await close);
    }

    public async ValueTask<OpenedScope> OpenScope(ScopePath scope)
    {
        var epoch = _scopeEpochs[scope] = ++_lastEpoch;
        await FlushAsync();
        var records = await store.Database.HashGetAsync(
            _keys.Budgets, [.. UnitNames.All.Select(unit => (RedisValue)TenantKeys.BudgetField(scope, unit))]);
        var budgets = new List<Budget>(records.Length);
        for (var i = 0; i < records.Length; i++)
        {
            if (records[i].HasValue)
            {
                var record = GrainJson.Read((byte[])records[i]!, GrainJson.Default.BudgetRecord);
                var numbers = await store.Database.HashGetAsync(_keys.Numbers(scope, record.Unit), BudgetFields.All);
                budgets.Add(new Budget(record, BudgetFields.Read(record, numbers)));
            }
        }

        return new OpenedScope(epoch, [.. budgets]);
    }

    public async ValueTask<OpenedRecord> OpenReservation(string id)
    {
        var epoch = Open(id, ++_lastEpoch);
        return _memory.Seen.MayContain(id)
            ? new OpenedRecord(epoch, await ReadAsync(id, _keys.Reservation(id)))
            : new OpenedRecord(epoch, null);
    }

    public async ValueTask<OpenedRecord> OpenEvent(string id)
    {
        var epoch = Open(id, ++_lastEpoch);
        return new OpenedRecord(epoch, await ReadAsync(id, _keys.Event(id)));
    }

    public async ValueTask<OpenedRecord> OpenReply(string operation, string id)
    {
        var epoch = Open(id, ++_lastEpoch);
        return new OpenedRecord(epoch, await ReadAsync(id, _keys.Reply(operation, id)));
    }

    public ValueTask CloseRecord(string id, long epoch)
    {
        Close(new RecordStake(id, epoch));
        return default;
    }

    public ValueTask CloseRecords(RecordStake[] records)
    {
        Array.ForEach(records, record => Close(record));
        return default;
    }

    public async ValueTask<CommitOutcome> Commit(LedgerTransaction transaction)
    {
        if (transaction.DueAtMs is { } dueAtMs)
        {
            // Before the first reservation or period can be durable, the reminder that guarantees its end is.
            await ArmExpiryAsync(dueAtMs);
        }

        var tenantStatus = WrittenStatus(transaction);
        while (_flip is { } underWay && (!transaction.AllowedWhenClosed || tenantStatus is not null))
        {
            // Once anybody can read that the tenant is closed, nothing of it may still become durable (CASCADE SEMANTICS, mode B (a)): what
            // was accepted before the flip stands before it in the store, what comes after waits for it and is refused.
            await underWay.Task;
        }

        // Nothing opens a closed tenant again, whatever its grain believes.
        var opensAgain = _isClosed && tenantStatus is not (null or TenantStatus.Closed);
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

        using var flip = !_isClosed && tenantStatus == TenantStatus.Closed ? new Flip(this) : null;

        if (transaction.Record is { } record)
        {
            Accept(record);
        }

        if (transaction.Audit.Length > 0)
        {
            transaction = transaction with { Writes = [.. transaction.Writes, .. AuditWrites.Of(transaction.Audit, options.Value)] };
        }

        transaction = _quota.Count(transaction);
        if (transaction.DueAtMs is { } acceptedDueMs)
        {
            // Again: whoever looked for what is due next while this one armed or waited did not find it in the store, nor on its way there.
            NoteDue(acceptedDueMs);
        }

        if (!await WriteAsync(transaction))
        {
            return CommitOutcome.Conflict;
        }

        if (transaction.Record is { Closes: true } closed)
        {
            Close(closed);
        }

        _marks.Committed(transaction);
        await FollowUpAsync(transaction);
        return CommitOutcome.Durable;
    }

    public async ValueTask<bool> IsCurrent(ScopePath scope, long epoch)
    {
        await ProveAsync();
        return _scopeEpochs.GetValueOrDefault(scope) == epoch;
    }

    public async ValueTask<bool> IsDone(string operationId)
    {
        await FlushAsync();
        return await store.Database.KeyExistsAsync(Operations.KeyOf(_keys, operationId));
    }

    public ValueTask<bool> IsTenantClosed() => new(_isClosed);

    public ValueTask<long> NextDueMs() => new(_memory.NextDueMs);

    public async ValueTask<DueWork> ReadDue(long nowMs, int limit)
    {
        var lapsed = store.Database.SortedSetRangeByScoreAsync(_keys.Due, stop: nowMs, take: limit);
        var budgets = await PeriodEnds.ReadDueAsync(store, _keys, nowMs, limit);
        var reservations = Array.ConvertAll(await lapsed, id => (string)id!);
        if (reservations.Length == limit || budgets.Length == limit)
        {
            return new DueWork(reservations, budgets, nowMs);
        }

        // Let what was accepted before become durable, then read; what is accepted meanwhile counts too. Until it is known, the old time
        // stands: were it forgotten first, a denial just then would take what is due for swept.
        _acceptedDueMs = long.MaxValue;
        await FlushAsync();
        var firstDueMs = await FirstDueAsync();
        _memory.NextDueMs = Math.Min(_acceptedDueMs, firstDueMs);
        return new DueWork(reservations, budgets, _memory.NextDueMs);
    }

    public async ValueTask<string[]> ReadActive(int limit)
    {
        await FlushAsync();
        return Array.ConvertAll(await store.Database.SortedSetRangeByRankAsync(_keys.Due, 0, limit - 1), id => (string)id!);
    }

    public async ValueTask<int> TrimIndex(long beforeMs, int limit)
    {
        // By rank: on Garnet a range by score reads the whole rest of the set.
        var first = await store.Database.SortedSetRangeByRankWithScoresAsync(_keys.Created, 0, limit - 1);
        RedisValue[] ids = [.. first.TakeWhile(entry => entry.Score <= beforeMs).Select(entry => entry.Element)];
        var keys = _keys;
        var exist = await Task.WhenAll(ids.Select(id => store.Database.KeyExistsAsync(keys.Reservation(id!))));
        var trimmed = 0;
        foreach (var gone in ids.Where((_, i) => !exist[i]).Chunk(TrimmedAtOnce))
        {
            // Under the condition that it is gone still: once a reservation's record has gone, its idempotency key may make it again, with the
            // same id. What is not in the index counts as new when this ledger is next activated, and would be made a second time.
            var removal = store.Commits.CreateTransaction();
            Array.ForEach(gone, id => removal.AddCondition(Condition.KeyNotExists(keys.Reservation(id!))));
            var removed = removal.SortedSetRemoveAsync(_keys.Created, gone);
            if (await removal.ExecuteAsync(PrimaryDatabase.Flags))
            {
                trimmed += (int)await removed;
            }
        }

        return trimmed;
    }

    public ValueTask<bool> TryDisarmExpiry()
    {
        var isIdle = _memory.NextDueMs == long.MaxValue;
        _expiryIsArmed &= !isIdle;
        return new(isIdle);
    }

    public async ValueTask<bool> IsTenantCurrent(long epoch)
    {
        await ProveAsync();
        return _tenantEpoch == epoch;
    }

    public ValueTask<RowFeed> FollowRows()
    {
        _rowsAreFollowed = true;
        return new(new RowFeed(_rowSource, _rowSequence));
    }

    /// <summary>The status that a transaction gives the tenant; null when it does not write the tenant's record.</summary>
    private TenantStatus? WrittenStatus(LedgerTransaction transaction)
    {
        if (transaction.Record?.Id != OpenedTenant.RecordId)
        {
            return null;
        }

        foreach (var write in transaction.Writes)
        {
            if (write.Key == (string)_keys.Tenant!)
            {
                return TenantRecords.Parse(write.Value).Status;
            }
        }

        return null;
    }

    private bool AreEpochsCurrent(LedgerTransaction transaction)
    {
        foreach (var stake in transaction.Stakes)
        {
            if (_scopeEpochs.GetValueOrDefault(stake.Scope) != stake.Epoch)
            {
                return false;
            }
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

    /// <summary>Before the record can be durable: from now on its id may exist, and who opens it has it open, whoever looked before.</summary>
    private void Accept(RecordStake record)
    {
        if (record.Opens)
        {
            Open(record.Id, record.Epoch);
        }

        if (ReservationId.TryParse(record.Id, out _) && !_memory.Seen.MayContain(record.Id))
        {
            _memory.Seen.Add(record.Id);
        }
    }

    private long Open(string id, long epoch)
    {
        _records.Open(id, epoch, Environment.TickCount64);
        return epoch;
    }

    private void Close(RecordStake record) => _records.Close(record.Id, record.Epoch);

    private async Task<bool> WriteAsync(LedgerTransaction transaction)
    {
        var write = groupCommit.CommitAsync(_keys.Fence, _token, _memory.Incarnation, _keys, transaction);
        _inFlight.Add(write);
        if (transaction.Record is { } record)
        {
            _recordWrites[record.Id] = write;
        }

        try
        {
            if (await write)
            {
                return true;
            }

            LogFenced(logger, TenantId);
        }
        catch (StoreInDoubtException)
        {
            EndActivation();
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

    /// <summary>
    /// Makes sure that this activation still holds the tenant's fence. Epochs are compared in memory, and a cluster in trouble may have activated
    /// the ledger twice: grains that talk to different ones would stay in conflict, each told by its own that it is right.
    /// </summary>
    /// <exception cref="StoreInDoubtException">It does not, or the store is another; the activation ends.</exception>
    private async Task ProveAsync()
    {
        await store.RecognizeAsync();
        if (_isInDoubt || _memory.Incarnation != store.Incarnation || await store.Database.StringGetAsync(_keys.Fence) != _token)
        {
            EndActivation();
            throw new StoreInDoubtException("the ledger reloads");
        }
    }

    /// <summary>
    /// Before a conflict is answered: whether it is this ledger that is the wrong one. Those who are in conflict at the same time share the question.
    /// Never throws: a conflict is the answer all the same.
    /// </summary>
    private Task ProveOrEndAsync() => _proving ??= ProveOnceAsync();

    private async Task ProveOnceAsync()
    {
        // The field must be set before this can end.
        await Task.Yield();
        try
        {
            await ProveAsync();
        }
        catch (Exception exception)
        {
            LogNotProven(logger, TenantId, exception.Message);
        }
        finally
        {
            _proving = null;
        }
    }

    /// <summary>What was read is not certain any more: the next activation takes a new fence and reads what really happened.</summary>
    private void EndActivation()
    {
        _isInDoubt = true;
        auditFeed.Doubt(TenantId);
        _marks.InDoubt();
        board.Withdraw(TenantId, _memory);
        DeactivateOnIdle();
    }

    private async ValueTask FollowUpAsync(LedgerTransaction transaction)
    {
        auditFeed.Add(transaction.Audit);
        foreach (var write in transaction.Writes)
        {
            if (write.Key == (string)_keys.Tenant!)
            {
                _isClosed = TenantRecords.Parse(write.Value).Status == TenantStatus.Closed;
            }
        }

        if (transaction.Row is { } row && _rowsAreFollowed)
        {
            var feed = new RowFeed(_rowSource, ++_rowSequence);
            _rowsAreFollowed &= await PutAsync(feed, row);
        }
    }

    /// <summary>Tells the list of reservations. One that does not answer misses the change, notices that by its number, and reads all again.</summary>
    private async ValueTask<bool> PutAsync(RowFeed feed, ReservationRow row)
    {
        try
        {
            return await grains.Get<IReservationListGrain>(TenantId).Put(feed, row).WithinAsync(PutPatience, "the list of reservations does not answer");
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TimeoutException or OrleansException)
        {
            return false;
        }
    }

    private async ValueTask ArmExpiryAsync(long dueAtMs)
    {
        var isEarlier = dueAtMs < _memory.NextDueMs;
        NoteDue(dueAtMs);
        if (!_expiryIsArmed)
        {
            await grains.Get<IExpiryGrain>(TenantId).Arm().WithinAsync(ArmPatience, "the reminder of the tenant's expiry cannot be registered");
            _expiryIsArmed = true;
        }

        if (isEarlier)
        {
            await grains.Get<IExpiryGrain>(TenantId).WakeAt(dueAtMs);
        }
    }

    private void NoteDue(long dueAtMs)
    {
        _memory.NextDueMs = Math.Min(_memory.NextDueMs, dueAtMs);
        _acceptedDueMs = Math.Min(_acceptedDueMs, dueAtMs);
    }

    /// <summary>Waits until nothing that was accepted before is still on its way.</summary>
    private Task FlushAsync() => FlushAsync(Task.WhenAll(_inFlight));

    private async Task FlushAsync(Task writes)
    {
        await writes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        // What the store refused as a whole was not written. What is in doubt must be certain before anything is read.
        var isDoubtful = writes.Exception?.InnerExceptions.Any(exception => exception is not StoreUnavailableException) == true;
        if (_isInDoubt || isDoubtful)
        {
            throw new StoreInDoubtException("the ledger reloads");
        }
    }

    /// <summary>Reads a record after what was accepted for it before.</summary>
    private async Task<byte[]?> ReadAsync(string id, RedisKey key)
    {
        await FlushAsync(_recordWrites.GetValueOrDefault(id, Task.CompletedTask));
        return await store.Database.StringGetAsync(key);
    }

    private static byte[][] ToBytes(RedisValue[] values) => Array.ConvertAll(values, value => (byte[])value!);

    private async Task<long> FirstDueAsync()
    {
        // By rank: on Garnet a range by score reads the whole rest of the set.
        var reservation = store.Database.SortedSetRangeByRankWithScoresAsync(_keys.Due, 0, 0);
        var period = store.Database.SortedSetRangeByRankWithScoresAsync(_keys.PeriodEnds, 0, 0);
        return Math.Min(FirstScore(await reservation), FirstScore(await period));
    }

    private static long FirstScore(SortedSetEntry[] first) => first.Length == 0 ? long.MaxValue : (long)first[0].Score;

    private async Task LoadSeenAsync()
    {
        if (await store.Database.SortedSetLengthAsync(_keys.Created) > SeenIds.Capacity / 2)
        {
            // Too many to know by heart; every first request reads.
            _memory.Seen.GiveUp();
            return;
        }

        foreach (var id in await store.Database.SortedSetRangeByRankAsync(_keys.Created))
        {
            _memory.Seen.Add(id!);
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

    [LoggerMessage(
        EventId = 1204, Level = LogLevel.Debug, Message = "The ledger of tenant {TenantId} could not show after a conflict that it holds its fence: {Problem}")]
    private static partial void LogNotProven(ILogger logger, string tenantId, string problem);

    [LoggerMessage(EventId = 1202, Level = LogLevel.Warning, Message = "Another writer holds the fence of tenant {TenantId}; this one ends")]
    private static partial void LogFenced(ILogger logger, string tenantId);
}
