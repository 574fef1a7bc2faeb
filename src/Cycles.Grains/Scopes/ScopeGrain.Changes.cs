using System.Text.Json;
using System.Text.Json.Nodes;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Budgets;
using Cycles.Grains.Journal;
using Cycles.Grains.Peers;
using Cycles.Grains.Periods;
using Cycles.Grains.Records;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Grains.Waits;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Json;

namespace Cycles.Grains.Scopes;

// The administration of the scope's budgets: made, funded, changed. Changes run one at a time, each alone on its budget.
internal sealed partial class ScopeGrain
{
    private const string FundOperation = "fund";

    private readonly Turns _changes = new();
    private readonly OncePerId _fundings = new();
    private readonly LaterAttempts _later = new();

    private TenantKeys Keys => new(_scope.TenantId);

    public ValueTask<BudgetReply> Create(Origin origin, BudgetRecord record, long allocated, long tenantEpoch) => ChangeAsync<BudgetReply>(async once =>
    {
        _later.Pass(origin.Attempt);
        if (_budgets.TryGetValue(record.Unit, out var known))
        {
            // Its id is made for one call: this is that call, tried again.
            return known.Record.LedgerId == record.LedgerId
                ? new BudgetReply(ToBudget(known), null)
                : new BudgetReply(
                    null, new Problem(ErrorCode.DuplicateResource, $"Budget already exists for scope {_scope} and unit {record.Unit.ToWire()}"));
        }

        var epoch = _epoch;
        var delta = new BudgetDelta(Allocated: allocated);
        var state = new BudgetState(record.Status, 0, 0, 0, 0, record.OverdraftLimit, false).Apply(delta);
        var reply = new BudgetReply(new Budget(record, state), null);
        var outcome = await CommitAsync(new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, record.Unit, epoch, delta)],
            AdmissionEpoch = tenantEpoch,
            Writes = [.. WritesOf(record, previous: null), once.Mark(Keys, reply)],
            DueAtMs = DueAtMs(record),
            Facts = FactsOf(record, AuditOf(origin, record, creates: true, amount: new Amount(record.Unit, allocated), metadata: record.Metadata)),
        });
        if (await RefusalOfAsync(outcome, tenantEpoch) is { } refused)
        {
            return refused;
        }

        if (_isLoaded && _epoch == epoch)
        {
            // Otherwise the scope has reloaded meanwhile, and has it already.
            _budgets[record.Unit] = new BudgetLocks(record, state, epoch);
            board.Publish(_scope, record.Unit, state, _term);
        }

        return reply;
    });

    public ValueTask<FundReply> Fund(Origin origin, FundCommand command) => ChangeAsync<FundReply>(async once =>
    {
        _later.Pass(origin.Attempt);
        if ((command.IdempotencyKey is { } given ? $"|{given}" : OwnKeyOf(origin)) is not { } key)
        {
            return await FundAsync(origin, command, null, once);
        }

        var id = DerivedId.Create("fund_", _scope.TenantId, $"{TenantKeys.BudgetField(_scope, command.Unit)}{key}");
        return await _fundings.RunAsync(
            _ledger,
            id,
            () => _ledger.OpenReply(FundOperation, id),
            record => Replay(GrainJson.Read(record, GrainJson.Default.FundingRecord), command),
            stake => FundAsync(origin, command, stake, once));
    });

    private static FundReply Replay(FundingRecord record, FundCommand command) => record.PayloadHash == command.PayloadHash
        ? new FundReply(record.Response, null)
        : new FundReply(null, new Problem(ErrorCode.IdempotencyMismatch, "This idempotency key was used with another payload"));

    /// <summary>Stands for the key of a call that has none, so that its second attempt finds the first. No caller's key is the same.</summary>
    private static string? OwnKeyOf(Origin origin) => origin.Attempt.Key is { } call ? $"\n{call}" : null;

    public ValueTask<BudgetReply> SetStatus(Origin origin, Unit unit, BudgetStatus status, string? reason, RawJsonObject? metadata) =>
        ReplaceAsync(unit, null, (record, _) =>
        {
            if (record.Status == status)
            {
                var already = status == BudgetStatus.Frozen ? "Budget is already frozen" : "Budget is not frozen";
                return Replacement.Refused(new Problem(ErrorCode.InvalidRequest, already, Conflicts: true));
            }

            var next = record with { Status = status, UpdatedAt = clock.Now };
            return new Replacement(next, default, AuditOf(origin, next, reason, metadata: metadata));
        });

    public ValueTask<BudgetReply> Update(Origin origin, Unit unit, BudgetChange change, long tenantEpoch) => ReplaceAsync(unit, tenantEpoch, (record, state) =>
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

    private async ValueTask<FundReply> FundAsync(Origin origin, FundCommand command, RecordStake? reply, Once<FundReply> once)
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
        var outcome = await CommitLockedOrThrowAsync(lockId, funded, delta, new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, command.Unit, granted.Epoch, delta)],
            Record = reply,
            Writes =
            [
                .. funded == record ? [] : WritesOf(funded, record),
                reply is { } stake ? WriteOf(stake.Id, new FundingRecord(command.PayloadHash, response), command.IdempotencyKey is not null) : once.Mark(Keys, new FundReply(response, null)),
            ],
            Facts = FactsOf(funded, command.IsBulkRow ? null : AuditOf(
                origin, record, command.Reason, amount: new Amount(command.Unit, command.Amount), operation: command.Operation, metadata: command.Metadata)),
        });
        return outcome == CommitOutcome.Durable
            ? new FundReply(response, null)
            : new FundReply(null, TenantRefusals.Closed(_scope.TenantId));
    }

    /// <summary>Changes what a budget is besides its numbers, alone on it: what is decided rests on the record as it stands then.</summary>
    /// <param name="unit">Which budget.</param>
    /// <param name="tenantEpoch">The epoch of the tenant's grain on whose state the change rests; null when it rests on none.</param>
    /// <param name="decide">Says what it becomes.</param>
    private ValueTask<BudgetReply> ReplaceAsync(
        Unit unit, long? tenantEpoch, Func<BudgetRecord, BudgetState, Replacement> decide) => ChangeAsync<BudgetReply>(async once =>
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

        var replaced = granted.State.Apply(replacement.Delta) with { Status = next.Status, OverdraftLimit = next.OverdraftLimit };
        var reply = new BudgetReply(new Budget(next, replaced), null);
        var outcome = await CommitLockedAsync(lockId, next, replacement.Delta, new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, unit, granted.Epoch, replacement.Delta)],
            AdmissionEpoch = tenantEpoch,
            Writes = [.. WritesOf(next, record), once.Mark(Keys, reply)],
            DueAtMs = DueAtMs(next),
            Facts = FactsOf(next, replacement.Audit),
        });
        return await RefusalOfAsync(outcome, tenantEpoch) ?? reply;
    });

    /// <summary>What an outcome means to a change of a budget; null when it is durable.</summary>
    /// <exception cref="StoreInDoubtException">The scope's state was old: the change has to run again.</exception>
    private async ValueTask<BudgetReply?> RefusalOfAsync(CommitOutcome outcome, long? tenantEpoch) => outcome switch
    {
        CommitOutcome.Durable => null,
        CommitOutcome.TenantClosed => new BudgetReply(null, TenantRefusals.Closed(_scope.TenantId)),
        _ when tenantEpoch is { } epoch && !await _ledger.IsTenantCurrent(epoch) => BudgetReply.Stale,
        _ => throw new StoreInDoubtException($"scope {_scope} is stale"),
    };

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
        catch (Exception exception)
        {
            await Complete(lockId, record.Unit, exception is StoreUnavailableException ? LockOutcome.Abandoned : LockOutcome.InDoubt);
            throw;
        }

        // Before the lock ends: an operation that waited for it decides on what is durable now. A scope that has reloaded meanwhile has read it.
        if (outcome == CommitOutcome.Durable && _budgets.TryGetValue(record.Unit, out var budget) && budget.Holds(lockId))
        {
            budget.Replace(record);
        }

        await Complete(lockId, record.Unit, outcome.ToLockOutcome(), delta);
        return outcome;
    }

    /// <summary>The same for a change that nothing but its own activation can be in the way of.</summary>
    /// <exception cref="StoreInDoubtException">The scope's state was old.</exception>
    private async Task<CommitOutcome> CommitLockedOrThrowAsync(long lockId, BudgetRecord record, BudgetDelta delta, LedgerTransaction transaction)
    {
        var outcome = await CommitLockedAsync(lockId, record, delta, transaction);
        return outcome == CommitOutcome.Conflict ? throw new StoreInDoubtException($"scope {_scope} is stale") : outcome;
    }

    /// <summary>Commits without a lock.</summary>
    private async Task<CommitOutcome> CommitAsync(LedgerTransaction transaction)
    {
        try
        {
            var outcome = await _ledger.Commit(transaction);
            if (outcome == CommitOutcome.Conflict)
            {
                _verifying ??= VerifyAsync(_epoch);
            }

            return outcome;
        }
        catch (Exception exception) when (exception is not StoreUnavailableException)
        {
            Forget();
            throw;
        }
    }

    /// <summary>Runs a change of what the budgets are, one at a time, and again on fresh state when it turns out to have been stale.</summary>
    /// <param name="change">Gets what it marks its transaction with, so that a repetition finds out whether it is done.</param>
    private async ValueTask<T> ChangeAsync<T>(Func<Once<T>, ValueTask<T>> change)
    {
        using var turn = await _changes.TakeAsync();
        var once = new Once<T>();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await LoadedAsync();
                var epoch = _epoch;
                if (!await IsCurrentAsync())
                {
                    // What is refused here rests on what was read.
                    Forget(epoch);
                    throw new StoreInDoubtException($"scope {_scope} is stale");
                }

                if (await once.FindAsync(_ledger) is (true, { } answer))
                {
                    return answer;
                }

                return _isLoaded && _epoch == epoch ? await change(once) : throw new StoreInDoubtException($"scope {_scope} reloads");
            }
            catch (StoreInDoubtException) when (attempt < Retries.Most)
            {
                once.Doubt();
                await Retries.PauseAsync(attempt);
            }
            catch (StoreUnavailableException exception) when (once.IsInDoubt)
            {
                throw once.InDoubt(exception);
            }
        }
    }

    private static Budget ToBudget(BudgetLocks budget) => new(budget.Record, budget.Durable);

    /// <summary>The record, and where it stands in the index of periods.</summary>
    private StoreWrite[] WritesOf(BudgetRecord record, BudgetRecord? previous)
    {
        var write = StoreWrite.SetField(
            Keys.Budgets, TenantKeys.BudgetField(_scope, record.Unit), GrainJson.Write(record, GrainJson.Default.BudgetRecord));
        return PeriodEnds.WriteOf(Keys, record, previous) is { } indexed ? [write, indexed] : [write];
    }

    /// <summary>What the change of a budget tells: that it has changed, and what the audit log says of it.</summary>
    private Fact[] FactsOf(BudgetRecord record, AuditLogEntry? audit)
    {
        var changed = new BudgetChanged(new BudgetKey(_scope, record.Unit), BudgetPart.Record);
        return audit is null ? [changed] : [changed, new AuditFact(audit)];
    }

    private static long? DueAtMs(BudgetRecord record) => record.EndsAtMs() is { } endsAtMs ? PeriodEnds.DueAtMs(endsAtMs) : null;

    private StoreWrite WriteOf(string replyId, FundingRecord record, bool isForCaller) => StoreWrite.Set(
        Keys.Reply(FundOperation, replyId),
        GrainJson.Write(record, GrainJson.Default.FundingRecord),
        isForCaller ? options.Value.ReplayRetention : Operations.Kept);

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
}
