using Cycles.Grains.Decisions;
using Cycles.Grains.Expiry;
using Cycles.Grains.Ledger;
using Cycles.Grains.Limits;
using Cycles.Grains.Lists;
using Cycles.Grains.Placement;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;

namespace Cycles.Grains.Reservations;

// One operation on a reservation at a time is what makes a parallel commit, release and expiry settle once: Turns sees to that, and lets the
// last one through deactivate the grain.
[Reentrant, TenantPlacement, CollectionAgeLimit(Minutes = 0.5)]
internal sealed partial class ReservationGrain(
    IGrainFactory grains, CommitLimitBoard commitLimits, StoreClock clock, IOptions<StoreOptions> options) : Grain, IReservationGrain
{
    private readonly Turns _turns = new();
    private ILedgerGrain _ledger = null!;
    private TenantKeys _keys;
    private string _tenantId = null!;
    private long _epoch;
    private bool _isOpen;
    private ReservationSlot? _slot;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenantId = GrainTenant.Of(Id);
        _keys = new TenantKeys(_tenantId);
        _ledger = grains.Get<ILedgerGrain>(_tenantId);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // A silo that shuts down takes the ledger with it.
        if (_isOpen && reason.ReasonCode != DeactivationReasonCode.ShuttingDown)
        {
            await _ledger.CloseRecord(Id, _epoch);
        }
    }

    public async ValueTask<ReserveReply> Reserve(ReserveCommand command, Admission.Admission admission)
    {
        using var turn = await _turns.TakeAsync();
        try
        {
            await OpenAsync();
            if (_slot is { } slot)
            {
                return Replay(slot, command);
            }

            return command.DryRun ? await EvaluateAsync(command, admission) : await HoldAsync(command, admission);
        }
        catch (StoreInDoubtException)
        {
            Forget();
            return ReserveReply.Conflict;
        }
        catch (Exception)
        {
            Forget();
            throw;
        }
        finally
        {
            DeactivateUnlessActive();
        }
    }

    public ValueTask<ReservationReply> Commit(CommitCommand command)
    {
        var isCounted = false;
        return RunAsync(async reservation =>
        {
            if (reservation is { Status: ReservationStatus.Committed, Settlement: { } settlement }
                && settlement.IdempotencyKey == command.IdempotencyKey)
            {
                return Answer(ReservationRules.CheckReplay(settlement.PayloadHash!, command.PayloadHash), reservation);
            }

            if (ReservationRules.CheckCommit(reservation, command.Actual, clock.NowMs) is { } problem)
            {
                return await RefuseAsync(problem);
            }

            if (!isCounted && await ThrottleCommitAsync(reservation) is { } throttled)
            {
                return await RefuseAsync(throttled);
            }

            // One request is counted once, however often it runs again on fresh state.
            isCounted = true;
            var charge = await ChargeAsync(reservation, command.Actual.Value);
            if (charge.Problem is { } refused)
            {
                return await RefuseAsync(refused);
            }

            var committed = ReservationTransitions.Commit(reservation, command, charge.Charged, charge.Balances, clock.NowMs);
            return await SettleAsync(committed, charge.Locks);
        });
    }

    public ValueTask<ReservationReply> Release(ReleaseCommand command) => RunAsync(async reservation =>
    {
        if (reservation is { Status: ReservationStatus.Released, Settlement: { } settlement }
            && settlement.IdempotencyKey == command.IdempotencyKey)
        {
            return Answer(ReservationRules.CheckReplay(settlement.PayloadHash!, command.PayloadHash), reservation);
        }

        if (ReservationRules.CheckRelease(reservation, clock.NowMs) is { } problem)
        {
            return await RefuseAsync(problem);
        }

        var locks = await GiveBackAsync(reservation);
        var audit = command.Origin is { } origin ? ReservationAudit.Release(origin, reservation, command, clock.Now) : null;
        return await SettleAsync(ReservationTransitions.Release(reservation, command, locks.States, clock.NowMs), locks, audit: audit);
    });

    public ValueTask<ReservationReply> Extend(ExtendCommand command) => RunAsync(async reservation =>
    {
        if (Array.Find(reservation.Extensions ?? [], extension => extension.IdempotencyKey == command.IdempotencyKey) is { } known)
        {
            return Answer(
                ReservationRules.CheckReplay(known.PayloadHash, command.PayloadHash), ReservationTransitions.AsOf(reservation, known));
        }

        if (ReservationRules.CheckExtend(reservation, clock.NowMs) is { } problem)
        {
            return await RefuseAsync(problem);
        }

        var extended = ReservationTransitions.Extend(reservation, command);
        return await WriteAsync(extended, new LedgerTransaction
        {
            Record = new RecordStake(Id, _epoch),
            Writes = [WriteOf(extended), StoreWrite.AddMember(_keys.Due, Id, extended.LapsesAtMs)],
            DueAtMs = extended.LapsesAtMs,
            Row = ReservationRow.Of(extended),
        });
    });

    public ValueTask<ReservationReply> Get() => RunAsync(reservation => new(Answer(null, reservation)));

    public async ValueTask Expire()
    {
        // What has lapsed is given back on the way to whatever is asked of it.
        var reply = await RunAsync(reservation => new(Answer(null, reservation)));
        if (reply.Reservation?.Status != ReservationStatus.Active)
        {
            // Nothing is held any more: whatever left it in the index of what is due, it does not belong there.
            await _ledger.Commit(new LedgerTransaction { Writes = [StoreWrite.RemoveMember(_keys.Due, Id)], AllowedWhenClosed = true });
        }
    }

    /// <summary>Runs an operation on the reservation as it stands, again on fresh state when it turns out to have been stale.</summary>
    private async ValueTask<ReservationReply> RunAsync(Func<ReservationRecord, ValueTask<ReservationReply?>> operation)
    {
        using var turn = await _turns.TakeAsync();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await OpenAsync();
                if (_slot?.Reservation is { } reservation && ReservationRules.HasLapsed(reservation, clock.NowMs))
                {
                    await ExpireAsync(reservation);
                }

                if (_slot?.Reservation is not { } current)
                {
                    return ReservationReply.Refused(ReservationRules.NotFound(Id));
                }

                if (await operation(current) is { } reply)
                {
                    return reply;
                }
            }
            catch (StoreInDoubtException) when (attempt < Retries.Most)
            {
                // Read back below what became of it.
            }
            catch (Exception)
            {
                Forget();
                throw;
            }
            finally
            {
                DeactivateUnlessActive();
            }

            Forget();
            await Retries.PauseAsync(attempt);
        }
    }

    private async ValueTask OpenAsync()
    {
        if (_isOpen)
        {
            return;
        }

        var opened = await _ledger.OpenReservation(Id);
        _slot = opened.Record is null ? null : GrainJson.Read(opened.Record, GrainJson.Default.ReservationSlot);
        _epoch = opened.Epoch;
        _isOpen = true;
    }

    /// <summary>What is not active is rarely asked for again, and may be much: it does not stay in memory.</summary>
    private void DeactivateUnlessActive()
    {
        if (_slot?.Reservation?.Status != ReservationStatus.Active && !_turns.OthersWait)
        {
            DeactivateOnIdle();
        }
    }

    private void Forget()
    {
        _isOpen = false;
        _slot = null;
    }

    private ReserveReply Replay(ReservationSlot slot, ReserveCommand command) =>
        (slot.Reservation?.PayloadHash ?? slot.DryRun!.PayloadHash) == command.PayloadHash
            ? new ReserveReply(null, slot.Reservation, slot.DryRun, clock.NowMs)
            : ReserveReply.Refused(ReservationRules.IdempotencyMismatch());

    private async ValueTask<ReserveReply> HoldAsync(ReserveCommand command, Admission.Admission admission)
    {
        if (admission.Problem is { } problem)
        {
            return ReserveReply.Refused(problem);
        }

        if (admission.RateLimit is { } limit
            && await grains.Get<ITenantGrain>(_tenantId).AdmitReservation(Id, limit) is { } throttled)
        {
            return ReserveReply.Refused(throttled);
        }

        var locks = new ScopeLocks(grains, admission.Budgeted, command.Estimate.Unit);
        var hold = BudgetDelta.Hold(command.Estimate.Value);
        var (refusal, scope) = await locks.LockAsync(LockKind.Reserve, hold);
        if (refusal == Refusal.Exceeded && await SweepAsync())
        {
            (refusal, scope) = await locks.LockAsync(LockKind.Reserve, hold);
        }

        if (refusal != Refusal.None)
        {
            Telemetry.Denied(refusal);
            if (refusal == Refusal.Closed && await _ledger.IsTenantClosed())
            {
                // Closed while this was on its way: the tenant is the reason, not the budget.
                return ReserveReply.Refused(TenantProblems.Closed(_tenantId));
            }

            return refusal == Refusal.NoBudget ? ReserveReply.Conflict : ReserveReply.Refused(refusal.ToProblem(scope));
        }

        var reservation = ReservationTransitions.Create(command, admission, locks.States, clock.NowMs);
        var outcome = await CommitAsync(locks, new LedgerTransaction
        {
            Stakes = locks.ToStakes(),
            Record = new RecordStake(Id, _epoch),
            AdmissionEpoch = admission.Epoch,
            Writes =
            [
                WriteOf(reservation),
                StoreWrite.AddMember(_keys.Created, Id, reservation.CreatedAtMs),
                StoreWrite.AddMember(_keys.Due, Id, reservation.LapsesAtMs),
            ],
            DueAtMs = reservation.LapsesAtMs,
            Row = ReservationRow.Of(reservation),
        });
        switch (outcome)
        {
            case CommitOutcome.Durable:
                _slot = new ReservationSlot(reservation, null);
                return new ReserveReply(null, reservation, null, clock.NowMs);
            case CommitOutcome.TenantClosed:
                return ReserveReply.Refused(TenantProblems.Closed(_tenantId));
            default:
                Forget();
                return ReserveReply.Conflict;
        }
    }

    private async ValueTask<ReserveReply> EvaluateAsync(ReserveCommand command, Admission.Admission admission)
    {
        var request = new EvaluationRequest(command.PayloadHash, command.Scopes, command.Estimate);
        var evaluated = await Evaluation.EvaluateAsync(grains, _ledger, clock, request, admission);
        if (evaluated.Problem is { } problem)
        {
            return ReserveReply.Refused(problem);
        }

        var slot = new ReservationSlot(null, evaluated.Record);
        var outcome = await _ledger.Commit(new LedgerTransaction
        {
            Record = new RecordStake(Id, _epoch),
            Writes =
            [
                StoreWrite.Set(
                    _keys.Reservation(Id), GrainJson.Write(slot, GrainJson.Default.ReservationSlot), options.Value.ReplayRetention),
                StoreWrite.AddMember(_keys.Created, Id, clock.NowMs),
            ],
            AllowedWhenClosed = true,
        });
        if (outcome != CommitOutcome.Durable)
        {
            Forget();
            return ReserveReply.Conflict;
        }

        _slot = slot;
        return new ReserveReply(null, null, evaluated.Record, clock.NowMs);
    }

    /// <summary>Counts the commit where its tenant limits them, and says why it comes too soon.</summary>
    private ValueTask<Problem?> ThrottleCommitAsync(ReservationRecord reservation) => commitLimits.MayLimit(_tenantId)
        ? grains.Get<ITenantGrain>(_tenantId).AdmitCommit(ScopeDerivation.Derive(reservation.Subject))
        : new((Problem?)null);

    /// <summary>Finds out what a commit charges, and holds the locks for it.</summary>
    private async ValueTask<Charge> ChargeAsync(ReservationRecord reservation, long actual)
    {
        var held = reservation.Reserved.Value;
        var scopes = ReservationTransitions.BudgetedScopes(reservation);
        var locks = new ScopeLocks(grains, scopes, reservation.Reserved.Unit);
        if (actual <= held)
        {
            await locks.LockAsync(LockKind.Settle, BudgetDelta.Settle(held, actual));
            return new Charge(null, actual, locks, locks.States);
        }

        if (reservation.OveragePolicy == OveragePolicy.Reject)
        {
            return Charge.Refused(new Problem(
                ErrorCode.BudgetExceeded, $"The actual amount {actual} is above the reserved {held} and the overage policy is REJECT"));
        }

        return await OverageCharge.ChargeAsync(
            locks, scopes, LockKind.Cover, reservation.OveragePolicy, held, actual, SweepAsync);
    }

    private async ValueTask<ScopeLocks> GiveBackAsync(ReservationRecord reservation)
    {
        var locks = new ScopeLocks(grains, ReservationTransitions.BudgetedScopes(reservation), reservation.Reserved.Unit);
        await locks.LockAsync(LockKind.Settle, BudgetDelta.GiveBack(reservation.Reserved.Value));
        return locks;
    }

    private async ValueTask ExpireAsync(ReservationRecord reservation)
    {
        var locks = await GiveBackAsync(reservation);
        if (await SettleAsync(ReservationTransitions.Expire(reservation, locks.States, clock.NowMs), locks, allowedWhenClosed: true) is null)
        {
            throw new StoreInDoubtException($"reservation {Id} is stale");
        }
    }

    private ValueTask<ReservationReply?> SettleAsync(
        ReservationRecord settled, ScopeLocks locks, bool allowedWhenClosed = false, AuditLogEntry? audit = null) =>
        WriteAsync(
            settled,
            new LedgerTransaction
            {
                Stakes = locks.ToStakes(),
                Record = new RecordStake(Id, _epoch),
                Writes = [WriteOf(settled), StoreWrite.RemoveMember(_keys.Due, Id)],
                AllowedWhenClosed = allowedWhenClosed,
                Row = ReservationRow.Of(settled),
                Audit = audit is null ? [] : [audit],
            },
            locks);

    /// <returns>The answer; null when the state was stale and the operation must run again.</returns>
    private async ValueTask<ReservationReply?> WriteAsync(ReservationRecord next, LedgerTransaction transaction, ScopeLocks? locks = null)
    {
        switch (await CommitAsync(locks, transaction))
        {
            case CommitOutcome.Durable:
                _slot = new ReservationSlot(next, null);
                Telemetry.Reservations.Add(1, new KeyValuePair<string, object?>("status", next.Status));
                return Answer(null, next);
            case CommitOutcome.TenantClosed:
                return ReservationReply.Refused(TenantProblems.Closed(_tenantId));
            default:
                return null;
        }
    }

    private async ValueTask<CommitOutcome> CommitAsync(ScopeLocks? locks, LedgerTransaction transaction)
    {
        CommitOutcome outcome;
        try
        {
            outcome = await _ledger.Commit(transaction);
        }
        catch (Exception)
        {
            await (locks?.CompleteAsync(LockOutcome.InDoubt) ?? default);
            throw;
        }

        await (locks?.CompleteAsync(outcome.ToLockOutcome()) ?? default);
        return outcome;
    }

    /// <summary>A closed tenant is told so before anything else is wrong.</summary>
    private async ValueTask<ReservationReply?> RefuseAsync(Problem problem) =>
        ReservationReply.Refused(await _ledger.IsTenantClosed() ? TenantProblems.Closed(_tenantId) : problem);

    /// <summary>Lets what has lapsed give back its holds, so that it causes no denial. False when there was nothing.</summary>
    private ValueTask<bool> SweepAsync() => Sweeps.SweepAsync(grains, _ledger, clock, _tenantId);

    private ReservationReply Answer(Problem? problem, ReservationRecord reservation) =>
        problem is null ? new ReservationReply(null, reservation, clock.NowMs) : ReservationReply.Refused(problem);

    private StoreWrite WriteOf(ReservationRecord reservation) => StoreWrite.Set(
        _keys.Reservation(Id),
        GrainJson.Write(new ReservationSlot(reservation, null), GrainJson.Default.ReservationSlot),
        reservation.Status == ReservationStatus.Active ? null : options.Value.Retention);
}
