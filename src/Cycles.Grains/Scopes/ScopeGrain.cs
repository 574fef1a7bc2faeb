using System.Text.Json;
using System.Text.Json.Nodes;
using Cycles.Grains.Audit;
using Cycles.Grains.Ledger;
using Cycles.Grains.Periods;
using Cycles.Grains.Placement;
using Cycles.Grains.Store;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Json;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Scopes;

// Reentrant, so that locks can be completed while others wait for them. The state changes only between awaits, in BudgetLocks.
[Reentrant, TenantPlacement]
internal sealed partial class ScopeGrain(
    IGrainFactory grains, RedisStore store, ScopeBoard board, StoreClock clock, IOptions<StoreOptions> options, ILogger<ScopeGrain> logger) : Grain, IScopeGrain
{
    private const string FundOperation = "fund";

    private static readonly TimeSpan CheckLeasesEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ValidateAfter = TimeSpan.FromSeconds(1);

    private readonly Turns _changes = new();
    private Dictionary<Unit, BudgetLocks> _budgets = [];
    private ScopePath _scope;
    private ILedgerGrain _ledger = null!;
    private long _epoch;
    private Task? _loading;
    private bool _isLoaded;
    private long _validatedAtMs;
    private long _loadedIn;
    private BusyTimer _leaseTimer = null!;

    // How long a lock is held before its coordinator counts as lost, and the scope reloads. No number depends on its being long enough: the reload
    // ends the epoch, so what the ledger has not accepted by then conflicts, and waits for what it has accepted to be durable or in doubt before it
    // reads. That holds as well for the batches of a store so slow that the group commit takes longer than this to give one up. Too short would
    // cost reloads, and too long keeps others waiting for a lock that nobody ends: a coordinator on a store that answers within its timeout waits
    // for the batch before its own and for its own, and callers give up after about as long as this.
    private TimeSpan Lease => options.Value.Timeout * 3;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scope = ScopePath.FromCanonical(this.GetPrimaryKeyString());
        _ledger = grains.Get<ILedgerGrain>(_scope.TenantId);
        _leaseTimer = new BusyTimer(this, CheckLeasesEvery, EndLapsedLocks);
        return LoadedAsync().AsTask();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Forget();
        return Task.CompletedTask;
    }

    public async ValueTask<LockReply> Lock(LockRequest request)
    {
        await LoadedAsync();
        await RolledOverAsync(request.Unit);
        await LoadedAsync();
        if (!_budgets.TryGetValue(request.Unit, out var budget))
        {
            return new LockReply(Refusal.NoBudget, _epoch, default);
        }

        _leaseTimer.Start();
        var reply = await budget.LockAsync(request, clock.NowMs);
        if (reply.Refusal == Refusal.None || await IsCurrentAsync())
        {
            return reply;
        }

        // The refusal rested on numbers that another activation has taken over.
        Forget();
        return await Lock(request);
    }

    public ValueTask CompleteAll(LockCompletion[] completions)
    {
        foreach (var (lockId, unit, outcome, decided) in completions)
        {
            Complete(lockId, unit, outcome, decided);
        }

        return default;
    }

    public ValueTask Complete(long lockId, Unit unit, LockOutcome outcome, BudgetDelta? decided = null)
    {
        if (!_isLoaded || !_budgets.TryGetValue(unit, out var budget))
        {
            return default;
        }

        if (outcome == LockOutcome.InDoubt)
        {
            // Only for a lock of this epoch: of the many operations that one reload fails, the first reloads and the others find it done.
            if (budget.Holds(lockId))
            {
                Forget();
            }

            return default;
        }

        budget.Complete(lockId, outcome, decided, clock.NowMs);
        if (outcome == LockOutcome.Applied)
        {
            _validatedAtMs = clock.NowMs;
            board.Publish(_scope, unit, budget.Durable, _loadedIn);
        }

        return default;
    }

    public async ValueTask<Budget[]> Read()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await LoadedAsync();
                foreach (var unit in UnitNames.All)
                {
                    await RolledOverAsync(unit);
                }

                await LoadedAsync();
                if (await IsCurrentAsync())
                {
                    return [.. UnitNames.All.Where(_budgets.ContainsKey).Select(unit => ToBudget(_budgets[unit]))];
                }

                Forget();
            }
            catch (StoreInDoubtException) when (attempt < Retries.Most)
            {
                await Retries.PauseAsync(attempt);
            }
        }
    }

    public ValueTask<BudgetReply> Create(Origin origin, BudgetRecord record, long allocated) => ChangeAsync(async () =>
    {
        if (_budgets.ContainsKey(record.Unit))
        {
            return new BudgetReply(null, new Problem(ErrorCode.DuplicateResource, $"Budget already exists for scope {_scope} and unit {record.Unit.ToWire()}"));
        }

        var epoch = _epoch;
        var delta = new BudgetDelta(Allocated: allocated);
        var outcome = await CommitAsync(new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, record.Unit, epoch, delta)],
            Writes = WritesOf(record, previous: null),
            DueAtMs = DueAtMs(record),
            Audit = [AuditOf(origin, record, creates: true, amount: new Amount(record.Unit, allocated), metadata: record.Metadata)],
        });
        if (outcome == CommitOutcome.TenantClosed)
        {
            return new BudgetReply(null, TenantProblems.Closed(record.TenantId));
        }

        var state = new BudgetState(record.Status, 0, 0, 0, 0, record.OverdraftLimit, false).Apply(delta);
        if (_isLoaded && _epoch == epoch)
        {
            // Otherwise the scope has reloaded meanwhile, and has it already.
            _budgets[record.Unit] = new BudgetLocks(record, state, epoch);
            board.Publish(_scope, record.Unit, state, _loadedIn);
        }

        return new BudgetReply(new Budget(record, state), null);
    });

    public ValueTask<FundReply> Fund(Origin origin, FundCommand command) => ChangeAsync(async () =>
    {
        if (command.IdempotencyKey is not { } key)
        {
            return await FundAsync(origin, command, null);
        }

        var id = DerivedId.Create("fund_", _scope.TenantId, $"{TenantKeys.BudgetField(_scope, command.Unit)}|{key}");
        var opened = await _ledger.OpenReply(FundOperation, id);
        try
        {
            if (opened.Record is not { } json)
            {
                return await FundAsync(origin, command, new RecordStake(id, opened.Epoch));
            }

            var known = GrainJson.Read(json, GrainJson.Default.FundingRecord);
            return known.PayloadHash == command.PayloadHash
                ? new FundReply(known.Response, null)
                : new FundReply(null, new Problem(ErrorCode.IdempotencyMismatch, "This idempotency key was used with another payload"));
        }
        finally
        {
            await _ledger.CloseRecord(id, opened.Epoch);
        }
    });

    public ValueTask<BudgetReply> SetStatus(Origin origin, Unit unit, BudgetStatus status, string? reason, RawJsonObject? metadata) =>
        ReplaceAsync(unit, (record, _) =>
        {
            if (record.Status == status)
            {
                var already = status == BudgetStatus.Frozen ? "Budget is already frozen" : "Budget is not frozen";
                return Replacement.Refused(new Problem(ErrorCode.InvalidRequest, already, Conflicts: true));
            }

            var next = record with { Status = status, UpdatedAt = clock.Now };
            return new Replacement(next, default, AuditOf(origin, next, reason, metadata: metadata));
        });

    public ValueTask<BudgetReply> Update(Origin origin, Unit unit, BudgetChange change) => ReplaceAsync(unit, (record, state) =>
    {
        var next = record with
        {
            OverdraftLimit = change.OverdraftLimit ?? record.OverdraftLimit,
            CommitOveragePolicy = change.OveragePolicy ?? record.CommitOveragePolicy,
            Metadata = change.Metadata ?? record.Metadata,
            UpdatedAt = clock.Now,
        };
        var delta = change.OverdraftLimit is { } limit ? new BudgetDelta(OverLimit: state.Debt > limit) : default;
        return new Replacement(next, delta, AuditOf(origin, next, metadata: change.Metadata, before: record));
    });

    private async ValueTask<FundReply> FundAsync(Origin origin, FundCommand command, RecordStake? reply)
    {
        var lockId = LockIds.Next();
        var granted = await Lock(new LockRequest(lockId, command.Unit, LockKind.Exclusive, default));
        if (granted.Refusal == Refusal.NoBudget)
        {
            return new FundReply(null, BudgetNotFound(command.Unit));
        }

        var record = Locked(command.Unit).Record;
        var refusal = Funding.Plan(granted.State, command.Operation, command.Amount, command.Spent, out var delta);
        var isNoOp = command.IsBulkRow && command.Operation == FundingOperation.RepayDebt && granted.State.Debt == 0;
        if (refusal != Refusal.None || isNoOp)
        {
            await Complete(lockId, command.Unit, LockOutcome.Abandoned);
            return await RefuseAsync(refusal) is { } refused ? new FundReply(null, refused) : new FundReply(null, null, IsNoOp: true);
        }

        var funded = PeriodRules.Funded(record, command.Operation, command.Amount);
        var response = Describe(command, granted.State, granted.State.Apply(delta));
        var outcome = await CommitLockedAsync(lockId, funded, delta, new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, command.Unit, granted.Epoch, delta)],
            Record = reply,
            Writes =
            [
                .. funded == record ? [] : WritesOf(funded, record),
                .. reply is { } stake ? (StoreWrite[])[WriteOf(stake.Id, new FundingRecord(command.PayloadHash, response))] : [],
            ],
            Audit = command.IsBulkRow
                ? []
                :
                [
                    AuditOf(
                        origin, record, command.Reason, amount: new Amount(command.Unit, command.Amount), operation: command.Operation, metadata: command.Metadata),
                ],
        });
        return outcome == CommitOutcome.Durable
            ? new FundReply(response, null)
            : new FundReply(null, TenantProblems.Closed(_scope.TenantId));
    }

    /// <summary>Changes what a budget is besides its numbers, alone on it: what is decided rests on the record as it stands then.</summary>
    private ValueTask<BudgetReply> ReplaceAsync(Unit unit, Func<BudgetRecord, BudgetState, Replacement> decide) => ChangeAsync(async () =>
    {
        var lockId = LockIds.Next();
        var granted = await Lock(new LockRequest(lockId, unit, LockKind.Exclusive, default));
        if (granted.Refusal != Refusal.None)
        {
            return new BudgetReply(null, BudgetNotFound(unit));
        }

        var budget = Locked(unit);
        var record = budget.Record;
        var replacement = await RefuseAsync(record.Status == BudgetStatus.Closed ? Refusal.Closed : Refusal.None) is { } refused
            ? Replacement.Refused(refused)
            : decide(record, granted.State);
        if (replacement.Record is not { } next || ReferenceEquals(next, record))
        {
            await Complete(lockId, unit, LockOutcome.Abandoned);
            return replacement.Problem is { } problem ? new BudgetReply(null, problem) : new BudgetReply(ToBudget(budget), null);
        }

        var outcome = await CommitLockedAsync(lockId, next, replacement.Delta, new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, unit, granted.Epoch, replacement.Delta)],
            Writes = WritesOf(next, record),
            DueAtMs = DueAtMs(next),
            Audit = [replacement.Audit!],
        });
        if (outcome == CommitOutcome.TenantClosed)
        {
            return new BudgetReply(null, TenantProblems.Closed(record.TenantId));
        }

        return new BudgetReply(
            _budgets.TryGetValue(unit, out var replaced)
                ? ToBudget(replaced)
                : new Budget(next, granted.State.Apply(replacement.Delta) with { Status = next.Status, OverdraftLimit = next.OverdraftLimit }),
            null);
    });

    /// <summary>A budget that is locked: it is still there, or the scope has been reloaded and the lock is gone.</summary>
    private BudgetLocks Locked(Unit unit) =>
        _budgets.TryGetValue(unit, out var budget) ? budget : throw new StoreInDoubtException($"scope {_scope} reloads");

    /// <summary>Commits under an exclusive lock, and ends the lock.</summary>
    /// <param name="lockId">The lock.</param>
    /// <param name="record">What the budget is from then on, besides its numbers.</param>
    /// <param name="delta">What becomes of its numbers.</param>
    /// <param name="transaction">All that is written.</param>
    private async Task<CommitOutcome> CommitLockedAsync(
        long lockId, BudgetRecord record, BudgetDelta delta, LedgerTransaction transaction)
    {
        CommitOutcome outcome;
        try
        {
            outcome = await _ledger.Commit(transaction);
        }
        catch (Exception)
        {
            await Complete(lockId, record.Unit, LockOutcome.InDoubt);
            throw;
        }

        // Before the lock ends: who waited for it decides on what is durable now. A scope that has reloaded meanwhile has read it.
        if (outcome == CommitOutcome.Durable && _budgets.TryGetValue(record.Unit, out var budget) && budget.Holds(lockId))
        {
            budget.Replace(record);
        }

        await Complete(lockId, record.Unit, outcome.ToLockOutcome(), delta);
        return outcome == CommitOutcome.Conflict ? throw new StoreInDoubtException($"scope {_scope} is stale") : outcome;
    }

    private async Task<CommitOutcome> CommitAsync(LedgerTransaction transaction)
    {
        try
        {
            var outcome = await _ledger.Commit(transaction);
            return outcome == CommitOutcome.Conflict ? throw new StoreInDoubtException($"scope {_scope} is stale") : outcome;
        }
        catch (Exception)
        {
            Forget();
            throw;
        }
    }

    /// <summary>Runs a change of what the budgets are, one at a time, and again on fresh state when it turns out to have been stale.</summary>
    private async ValueTask<T> ChangeAsync<T>(Func<ValueTask<T>> change)
    {
        using var turn = await _changes.TakeAsync();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await LoadedAsync();
                return await change();
            }
            catch (StoreInDoubtException) when (attempt < Retries.Most)
            {
                await Retries.PauseAsync(attempt);
            }
        }
    }

    private ValueTask LoadedAsync()
    {
        if (_isLoaded)
        {
            return default;
        }

        return new(_loading ??= LoadAsync());
    }

    private async Task LoadAsync()
    {
        try
        {
            var incarnation = store.Incarnation;
            var opened = await _ledger.OpenScope(_scope);
            (_epoch, _loadedIn) = (opened.Epoch, incarnation);
            _budgets = opened.Budgets.ToDictionary(
                budget => budget.Record.Unit, budget => new BudgetLocks(budget.Record, budget.State, opened.Epoch));
            _isLoaded = true;
            _validatedAtMs = clock.NowMs;
            foreach (var budget in opened.Budgets)
            {
                board.Publish(_scope, budget.Record.Unit, budget.State, _loadedIn);
            }
        }
        finally
        {
            _loading = null;
        }
    }

    /// <summary>Drops what is known. The next request reloads under a new epoch; locks of the old one can no longer commit.</summary>
    private void Forget()
    {
        _isLoaded = false;
        foreach (var (unit, budget) in _budgets)
        {
            board.Withdraw(_scope, unit);
            budget.FailWaiters(new StoreInDoubtException($"scope {_scope} reloads"));
        }

        _budgets = [];
    }

    /// <summary>Whether this activation is still the one that the ledger knows; asked at most once a second.</summary>
    private async ValueTask<bool> IsCurrentAsync()
    {
        var nowMs = clock.NowMs;
        if (nowMs - _validatedAtMs < ValidateAfter.TotalMilliseconds && store.IsStill(_loadedIn))
        {
            return true;
        }

        var epoch = _epoch;
        if (!await _ledger.IsCurrent(_scope, epoch))
        {
            return false;
        }

        _validatedAtMs = nowMs;
        return true;
    }

    private Task<bool> EndLapsedLocks()
    {
        var lapsed = clock.NowMs - (long)Lease.TotalMilliseconds;
        if (_budgets.Values.Any(budget => budget.OldestLockMs < lapsed))
        {
            LogLapsed(logger, _scope.Value);
            Forget();
        }

        return Task.FromResult(_budgets.Values.Any(budget => budget.IsBusy));
    }

    private static Budget ToBudget(BudgetLocks budget) => new(budget.Record, budget.Durable);

    /// <summary>The record, and where it stands in the index of periods.</summary>
    private StoreWrite[] WritesOf(BudgetRecord record, BudgetRecord? previous)
    {
        var keys = new TenantKeys(_scope.TenantId);
        var write = StoreWrite.SetField(
            keys.Budgets, TenantKeys.BudgetField(_scope, record.Unit), GrainJson.Write(record, GrainJson.Default.BudgetRecord));
        return PeriodEnds.WriteOf(keys, record, previous) is { } indexed ? [write, indexed] : [write];
    }

    private static long? DueAtMs(BudgetRecord record) => record.EndsAtMs() is { } endsAtMs ? PeriodEnds.DueAtMs(endsAtMs) : null;

    private StoreWrite WriteOf(string replyId, FundingRecord record) => StoreWrite.Set(
        new TenantKeys(_scope.TenantId).Reply(FundOperation, replyId),
        GrainJson.Write(record, GrainJson.Default.FundingRecord),
        options.Value.ReplayRetention);

    private AuditLogEntry AuditOf(
        Origin origin,
        BudgetRecord record,
        string? reason = null,
        bool creates = false,
        Amount? amount = null,
        FundingOperation? operation = null,
        RawJsonObject? metadata = null,
        BudgetRecord? before = null)
    {
        var said = new JsonObject { ["scope"] = record.Scope, ["unit"] = record.Unit.ToWire() };
        if (before is not null)
        {
            BudgetChanges.Describe(before, record, said);
        }

        if (operation is { } funding)
        {
            said["operation"] = JsonSerializer.SerializeToNode(funding, ProtocolJson.Default.FundingOperation);
        }

        if (reason is not null)
        {
            said["reason"] = reason;
        }

        if (metadata is { } given)
        {
            said["metadata"] = JsonNode.Parse(given.Text);
        }

        return AuditEntries.Succeeded(
            origin, record.TenantId, AuditResources.Budget, record.LedgerId, clock.Now, creates, amount, said);
    }

    private BudgetFundingResponse Describe(FundCommand command, BudgetState before, BudgetState after) => new()
    {
        Operation = command.Operation,
        PreviousAllocated = new Amount(command.Unit, before.Allocated),
        NewAllocated = new Amount(command.Unit, after.Allocated),
        PreviousRemaining = new Amount(command.Unit, before.Remaining),
        NewRemaining = new Amount(command.Unit, after.Remaining),
        PreviousDebt = new Amount(command.Unit, before.Debt),
        NewDebt = new Amount(command.Unit, after.Debt),
        PreviousSpent = new Amount(command.Unit, before.Spent),
        NewSpent = new Amount(command.Unit, after.Spent),
        Timestamp = clock.Now,
    };

    private Problem BudgetNotFound(Unit unit) =>
        new(ErrorCode.BudgetNotFound, $"Budget not found for scope {_scope} and unit {unit.ToWire()}");

    /// <summary>What a change makes of a budget besides its numbers, or why it does not; the same record when there is nothing to change.</summary>
    private readonly record struct Replacement(BudgetRecord? Record, BudgetDelta Delta, AuditLogEntry? Audit, Problem? Problem = null)
    {
        public static Replacement Refused(Problem problem) => new(null, default, null, problem);
    }

    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "A lock on scope {Scope} outlived its lease; the scope reloads")]
    private static partial void LogLapsed(ILogger logger, string scope);
}
