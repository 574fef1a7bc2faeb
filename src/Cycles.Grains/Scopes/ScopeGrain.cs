using Cycles.Grains.Ledger;
using Cycles.Grains.Placement;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Scopes;

// Reentrant, so that locks can be completed while others wait for them. The state changes only between awaits, in BudgetLocks.
[Reentrant, TenantPlacement]
internal sealed partial class ScopeGrain(
    IGrainFactory grains, ScopeBoard board, StoreClock clock, IOptions<StoreOptions> options, ILogger<ScopeGrain> logger) : Grain, IScopeGrain
{
    // Longer than any batch can take: a lock that is still held then has lost its coordinator.
    private static readonly TimeSpan CheckLeasesEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ValidateAfter = TimeSpan.FromSeconds(1);

    private Dictionary<Unit, BudgetLocks> _budgets = [];
    private ScopePath _scope;
    private ILedgerGrain _ledger = null!;
    private long _epoch;
    private Task? _loading;
    private bool _isLoaded;
    private long _validatedAtMs;

    private TimeSpan Lease => options.Value.Timeout * 3;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scope = ScopePath.FromCanonical(this.GetPrimaryKeyString());
        _ledger = grains.Get<ILedgerGrain>(_scope.TenantId);
        this.RegisterGrainTimer(EndLapsedLocks, new GrainTimerCreationOptions(CheckLeasesEvery, CheckLeasesEvery) { Interleave = true });
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
        if (!_budgets.TryGetValue(request.Unit, out var budget))
        {
            return new LockReply(Refusal.NoBudget, _epoch, default);
        }

        var reply = await budget.LockAsync(request, clock.NowMs);
        if (reply.Refusal == Refusal.None || await IsCurrentAsync())
        {
            return reply;
        }

        // The refusal rested on numbers that another activation has taken over.
        Forget();
        return await Lock(request);
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
            board.Publish(_scope, unit, budget.Durable);
        }

        return default;
    }

    public async ValueTask<Budget[]> Read()
    {
        await LoadedAsync();
        if (!await IsCurrentAsync())
        {
            Forget();
            await LoadedAsync();
        }

        return [.. UnitNames.All.Where(_budgets.ContainsKey).Select(unit => ToBudget(_budgets[unit]))];
    }

    public async ValueTask<BudgetReply> Create(BudgetRecord record, long allocated)
    {
        await LoadedAsync();
        if (_budgets.ContainsKey(record.Unit))
        {
            return new(null, new Problem(ErrorCode.DuplicateResource, $"Budget already exists for scope {_scope} and unit {record.Unit.ToWire()}"));
        }

        var delta = new BudgetDelta(Allocated: allocated);
        var outcome = await CommitAsync(new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, record.Unit, _epoch, delta)],
            Writes = [WriteOf(record)],
        });
        if (outcome != CommitOutcome.Durable)
        {
            return outcome == CommitOutcome.TenantClosed ? new(null, TenantClosed(record.TenantId)) : await RetryAsync(() => Create(record, allocated));
        }

        var state = new BudgetState(record.Status, 0, 0, 0, 0, record.OverdraftLimit, false).Apply(delta);
        var budget = _budgets[record.Unit] = new BudgetLocks(record, state, _epoch);
        board.Publish(_scope, record.Unit, budget.Durable);
        return new(ToBudget(budget), null);
    }

    public async ValueTask<FundReply> Fund(FundCommand command)
    {
        OpenedRecord? reply = null;
        var replyId = string.Empty;
        if (command.IdempotencyKey is { } key)
        {
            replyId = DerivedId.Create("fund_", _scope.TenantId, $"{TenantKeys.BudgetField(_scope, command.Unit)}|{key}");
            reply = await _ledger.OpenReply("fund", replyId);
            if (reply.Record is { } json)
            {
                var record = GrainJson.Read(json, GrainJson.Default.FundingRecord);
                return record.PayloadHash == command.PayloadHash
                    ? new(record.Response, null)
                    : new(null, new Problem(ErrorCode.IdempotencyMismatch, "This idempotency key was used with another payload"));
            }
        }

        var lockId = LockIds.Next();
        var granted = await Lock(new LockRequest(lockId, command.Unit, LockKind.Exclusive, default));
        if (granted.Refusal == Refusal.NoBudget)
        {
            return new(null, BudgetNotFound(command.Unit));
        }

        var refusal = Funding.Plan(granted.State, command.Operation, command.Amount, command.Spent, out var delta);
        if (refusal != Refusal.None)
        {
            await Complete(lockId, command.Unit, LockOutcome.Abandoned);
            return new(null, refusal.ToProblem(_scope));
        }

        var response = Describe(command, granted.State, granted.State.Apply(delta));
        var outcome = await CommitLockedAsync(lockId, command.Unit, delta, new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, command.Unit, granted.Epoch, delta)],
            Record = reply is null ? null : new RecordStake(replyId, reply.Epoch),
            Writes = reply is null
                ? []
                : [
                    StoreWrite.Set(
                        new TenantKeys(_scope.TenantId).Reply("fund", replyId),
                        GrainJson.Write(new FundingRecord(command.PayloadHash, response), GrainJson.Default.FundingRecord),
                        options.Value.ReplayRetention),
                ],
        });
        if (reply is not null)
        {
            await _ledger.CloseRecord(replyId, reply.Epoch);
        }

        return outcome switch
        {
            CommitOutcome.Durable => new(response, null),
            CommitOutcome.TenantClosed => new(null, TenantClosed(_scope.TenantId)),
            _ => await RetryAsync(() => Fund(command)),
        };
    }

    public async ValueTask<BudgetReply> SetStatus(Unit unit, BudgetStatus status)
    {
        await LoadedAsync();
        if (!_budgets.TryGetValue(unit, out var budget))
        {
            return new(null, BudgetNotFound(unit));
        }

        if (budget.Record.Status == BudgetStatus.Closed)
        {
            return new(null, Refusal.Closed.ToProblem(_scope));
        }

        if (budget.Record.Status == status)
        {
            var already = status == BudgetStatus.Frozen ? "Budget is already frozen" : "Budget is not frozen";
            return new(null, new Problem(ErrorCode.InvalidRequest, already, Conflicts: true));
        }

        var record = budget.Record with { Status = status, UpdatedAt = clock.Now };
        return await ReplaceAsync(unit, record, default, () => SetStatus(unit, status));
    }

    public async ValueTask<BudgetReply> Update(Unit unit, long? overdraftLimit, OveragePolicy? overagePolicy, RawJsonObject? metadata)
    {
        await LoadedAsync();
        if (!_budgets.TryGetValue(unit, out var budget))
        {
            return new(null, BudgetNotFound(unit));
        }

        if (budget.Record.Status == BudgetStatus.Closed)
        {
            return new(null, Refusal.Closed.ToProblem(_scope));
        }

        var record = budget.Record with
        {
            OverdraftLimit = overdraftLimit ?? budget.Record.OverdraftLimit,
            CommitOveragePolicy = overagePolicy ?? budget.Record.CommitOveragePolicy,
            Metadata = metadata ?? budget.Record.Metadata,
            UpdatedAt = clock.Now,
        };
        var delta = overdraftLimit is { } limit ? new BudgetDelta(OverLimit: budget.Durable.Debt > limit) : default;
        return await ReplaceAsync(unit, record, delta, () => Update(unit, overdraftLimit, overagePolicy, metadata));
    }

    private async ValueTask<BudgetReply> ReplaceAsync(Unit unit, BudgetRecord record, BudgetDelta delta, Func<ValueTask<BudgetReply>> again)
    {
        var lockId = LockIds.Next();
        var granted = await Lock(new LockRequest(lockId, unit, LockKind.Exclusive, default));
        if (granted.Refusal != Refusal.None)
        {
            return new(null, BudgetNotFound(unit));
        }

        var outcome = await CommitLockedAsync(lockId, unit, delta, new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, unit, granted.Epoch, delta)],
            Writes = [WriteOf(record)],
        });
        if (outcome != CommitOutcome.Durable)
        {
            return outcome == CommitOutcome.TenantClosed ? new(null, TenantClosed(record.TenantId)) : await RetryAsync(again);
        }

        if (_budgets.TryGetValue(unit, out var budget))
        {
            budget.Replace(record);
            board.Publish(_scope, unit, budget.Durable);
            return new(ToBudget(budget), null);
        }

        return await again();
    }

    private async Task<CommitOutcome> CommitLockedAsync(long lockId, Unit unit, BudgetDelta delta, LedgerTransaction transaction)
    {
        CommitOutcome outcome;
        try
        {
            outcome = await _ledger.Commit(transaction);
        }
        catch (Exception)
        {
            await Complete(lockId, unit, LockOutcome.InDoubt);
            throw;
        }

        await Complete(lockId, unit, outcome == CommitOutcome.Durable ? LockOutcome.Applied : LockOutcome.Abandoned, delta);
        if (outcome == CommitOutcome.Conflict)
        {
            Forget();
        }

        return outcome;
    }

    private async Task<CommitOutcome> CommitAsync(LedgerTransaction transaction)
    {
        try
        {
            var outcome = await _ledger.Commit(transaction);
            if (outcome == CommitOutcome.Conflict)
            {
                Forget();
            }

            return outcome;
        }
        catch (Exception)
        {
            Forget();
            throw;
        }
    }

    /// <summary>Tries again on fresh state; the ledger that refused is about to be replaced.</summary>
    private static async ValueTask<T> RetryAsync<T>(Func<ValueTask<T>> operation)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(20));
        return await operation();
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
            var opened = await _ledger.OpenScope(_scope);
            _epoch = opened.Epoch;
            _budgets = opened.Budgets.ToDictionary(
                budget => budget.Record.Unit, budget => new BudgetLocks(budget.Record, budget.State, opened.Epoch));
            _isLoaded = true;
            _validatedAtMs = clock.NowMs;
            foreach (var budget in opened.Budgets)
            {
                board.Publish(_scope, budget.Record.Unit, budget.State);
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
        if (nowMs - _validatedAtMs < ValidateAfter.TotalMilliseconds)
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

    private Task EndLapsedLocks(CancellationToken cancellationToken)
    {
        var lapsed = clock.NowMs - (long)Lease.TotalMilliseconds;
        if (_budgets.Values.Any(budget => budget.OldestLockMs < lapsed))
        {
            LogLapsed(logger, _scope.Value);
            Forget();
        }

        return Task.CompletedTask;
    }

    private static Budget ToBudget(BudgetLocks budget) => new(budget.Record, budget.Durable);

    private StoreWrite WriteOf(BudgetRecord record) => StoreWrite.SetField(
        new TenantKeys(_scope.TenantId).Budgets,
        TenantKeys.BudgetField(_scope, record.Unit),
        GrainJson.Write(record, GrainJson.Default.BudgetRecord));

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

    private static Problem TenantClosed(string tenantId) => new(ErrorCode.TenantClosed, $"Tenant {tenantId} is closed");

    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "A lock on scope {Scope} outlived its lease; the scope reloads")]
    private static partial void LogLapsed(ILogger logger, string scope);
}
