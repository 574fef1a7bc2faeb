using Cycles.Contracts.Addressing;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Store;
using Cycles.Grains.Budgets;
using Cycles.Grains.Evaluations;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Grains.Waits;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Reservations;

/// <summary>
/// One reservation: its state machine, and the two-phase lock over its scopes. One operation at a time is what makes a parallel commit,
/// release and expiry settle once; the turns see to that.
/// </summary>
internal sealed partial class ReservationCoordinator(ReservationHost host, string id)
{
    // The ledger gives out epochs below; one that a new reservation brings along is nobody else's.
    private const long FirstOwnEpoch = 1L << 61;

    private const string TenantIsSilent = "the tenant's rate limits could not be asked";

    // The tenant's grain waits for its reserves, and so for this one: while it is being deactivated it answers nothing.
    private static readonly TimeSpan TenantPatience = TimeSpan.FromSeconds(2);

    private readonly Turns _turns = new();
    private long _epoch;
    private long _term;
    private bool _isOpen;
    private bool _isRegistered;
    private bool _isSweeping;
    private ReservationSlot? _slot;

    /// <summary>How many are here just now.</summary>
    public int Callers { get; set; }

    /// <summary>When the last of them left, in milliseconds of the process's clock.</summary>
    public long LeftAtMs { get; set; }

    /// <summary>What it takes of <see cref="IdleReservations"/> while nobody is here, in bytes; 0 while somebody is.</summary>
    public long IdleBytes { get; set; }

    /// <summary>About how much memory it takes, in bytes.</summary>
    public long Size => IdleReservations.SizeOf(_slot?.Reservation);

    /// <summary>Whether it holds budget: more will be asked of it.</summary>
    public bool IsActive => _slot?.Reservation?.Status == ReservationStatus.Active;

    /// <summary>Its epoch, if the ledger keeps one for it.</summary>
    public RecordStake? Registered => _isRegistered ? new RecordStake(id, _epoch) : null;

    private IGrainFactory Grains => host.Grains;

    private ILedgerGrain Ledger => host.Ledger;

    private StoreClock Clock => host.Clock;

    /// <summary>Makes the reservation, or answers a dry run; replays what the same key has made.</summary>
    public async ValueTask<ReserveReply> ReserveAsync(ReserveCommand command, Peers.Admission admission)
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
    }

    /// <summary>Records the real cost.</summary>
    public ValueTask<ReservationReply> CommitAsync(CommitCommand command)
    {
        var isCounted = false;
        return RunAsync(async reservation =>
        {
            if (reservation is { Status: ReservationStatus.Committed, Settlement: { } settlement }
                && settlement.IdempotencyKey == command.IdempotencyKey)
            {
                return Answer(ReservationRules.CheckReplay(settlement.PayloadHash!, command.PayloadHash), reservation);
            }

            if (ReservationRules.CheckCommit(reservation, command.Actual, Clock.NowMs) is { } problem)
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

            var committed = ReservationTransitions.Commit(reservation, command, charge.Charged, charge.Balances, Clock.NowMs);
            return await SettleAsync(committed, charge.Locks);
        });
    }

    /// <summary>Gives the hold back.</summary>
    public ValueTask<ReservationReply> ReleaseAsync(ReleaseCommand command) => RunAsync(async reservation =>
    {
        if (reservation is { Status: ReservationStatus.Released, Settlement: { } settlement }
            && settlement.IdempotencyKey == command.IdempotencyKey)
        {
            return Answer(ReservationRules.CheckReplay(settlement.PayloadHash!, command.PayloadHash), reservation);
        }

        if (ReservationRules.CheckRelease(reservation, Clock.NowMs) is { } problem)
        {
            return await RefuseAsync(problem);
        }

        var locks = await GiveBackAsync(reservation);
        var audit = command.Origin is { } origin ? ReservationAudit.Release(origin, reservation, command, Clock.Now) : null;
        return await SettleAsync(ReservationTransitions.Release(reservation, command, locks.States, Clock.NowMs), locks, audit: audit);
    });

    /// <summary>Moves the expiry.</summary>
    public ValueTask<ReservationReply> ExtendAsync(ExtendCommand command) => RunAsync(async reservation =>
    {
        if (Array.Find(reservation.Extensions ?? [], extension => extension.IdempotencyKey == command.IdempotencyKey) is { } known)
        {
            return Answer(
                ReservationRules.CheckReplay(known.PayloadHash, command.PayloadHash), ReservationTransitions.AsOf(reservation, known));
        }

        if (ReservationRules.CheckExtend(reservation, Clock.NowMs) is { } problem)
        {
            return await RefuseAsync(problem);
        }

        var extended = ReservationTransitions.Extend(reservation, command);
        return await WriteAsync(extended, new LedgerTransaction
        {
            Record = StakeOf(isActiveAfter: true),
            Writes = [WriteOf(extended), StoreWrite.AddMember(host.Keys.Due, id, extended.LapsesAtMs())],
            DueAtMs = extended.LapsesAtMs(),
            Facts = [ChangeOf(extended)],
        });
    });

    /// <summary>The reservation as it stands.</summary>
    public ValueTask<ReservationReply> GetAsync() => RunAsync(reservation => new(Answer(null, reservation)));

    /// <summary>Gives the hold back if it has lapsed; otherwise does nothing.</summary>
    /// <returns>False when that is left to an operation of its own that runs.</returns>
    public async ValueTask<bool> ExpireAsync()
    {
        if (_isSweeping)
        {
            // Its own operation, which came in time, waits for the sweep that asks: it settles the hold, or the next sweep does.
            return false;
        }

        await RunOnSlotAsync((reservation, hasLapsedNow) =>
            hasLapsedNow || reservation?.Status == ReservationStatus.Active
                ? new(Answer(null, reservation!)) // What has lapsed is given back on the way to every operation on it.
                : LeaveDueAsync(reservation));
        return true;
    }

    /// <summary>Runs an operation on the reservation as it stands, again on fresh state when it turns out to have been stale.</summary>
    private ValueTask<ReservationReply> RunAsync(Func<ReservationRecord, ValueTask<ReservationReply?>> operation) => RunOnSlotAsync(
        (reservation, _) => reservation is null ? new(ReservationReply.Refused(ReservationRules.NotFound(id))) : operation(reservation));

    /// <summary>As <see cref="RunAsync"/>, also when there is no reservation.</summary>
    /// <param name="operation">Gets the reservation, and whether it has lapsed on the way here.</param>
    private async ValueTask<ReservationReply> RunOnSlotAsync(Func<ReservationRecord?, bool, ValueTask<ReservationReply?>> operation)
    {
        using var turn = await _turns.TakeAsync();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await OpenAsync();
                var lapses = _slot?.Reservation is { } reservation && ReservationRules.HasLapsed(reservation, Clock.NowMs);
                if (lapses)
                {
                    await LapseAsync(_slot!.Reservation!);
                }

                if (await operation(_slot?.Reservation, lapses) is { } reply)
                {
                    return reply;
                }
            }
            catch (StoreInDoubtException) when (attempt < Retries.Most)
            {
                // Read back below what became of it.
            }
            catch (StoreUnavailableException exception) when (attempt > 1)
            {
                Forget();
                throw Retries.InDoubt(exception);
            }
            catch (Exception)
            {
                Forget();
                throw;
            }

            Forget();
            await Retries.PauseAsync(attempt);
        }
    }

    /// <summary>
    /// Takes what is not active, or is not there, out of the index of what is due: whatever left it there, it does not belong there. In its turn
    /// and under its epoch, as its idempotency key may make it in the next moment, and then it must be there.
    /// </summary>
    /// <returns>The answer; null when the state was stale.</returns>
    private async ValueTask<ReservationReply?> LeaveDueAsync(ReservationRecord? reservation)
    {
        if (reservation is not null && !_isRegistered)
        {
            // Ended here, by a transaction that also took it out of the index.
            return Answer(null, reservation);
        }

        var outcome = await Ledger.Commit(new LedgerTransaction
        {
            Record = StakeOf(isActiveAfter: false),
            Writes = [StoreWrite.RemoveMember(host.Keys.Due, id)],
            AllowedWhenClosed = true,
        });
        if (outcome != CommitOutcome.Durable)
        {
            return null;
        }

        // The ledger has closed it.
        Forget();
        _isRegistered = false;
        return reservation is null ? ReservationReply.Refused(ReservationRules.NotFound(id)) : Answer(null, reservation);
    }

    private ReserveReply Replay(ReservationSlot slot, ReserveCommand command) =>
        (slot.Reservation?.PayloadHash ?? slot.DryRun!.PayloadHash) == command.PayloadHash
            ? new ReserveReply(null, slot.Reservation, slot.DryRun, Clock.NowMs)
            : ReserveReply.Refused(ReservationRules.IdempotencyMismatch());

    private async ValueTask<ReserveReply> HoldAsync(ReserveCommand command, Peers.Admission admission)
    {
        if (admission.Problem is { } problem)
        {
            return ReserveReply.Refused(problem);
        }

        if (admission.RateLimit is { } limit
            && await Grains.Get<ITenantPeerGrain>(host.TenantId).AdmitReservation(id, limit).WithinAsync(TenantPatience, TenantIsSilent) is { } throttled)
        {
            return ReserveReply.Refused(throttled);
        }

        var locks = new ScopeLocks(host.Channels, admission.Budgeted, command.Estimate.Unit);
        var hold = BudgetDelta.Hold(command.Estimate.Value);
        var (refusal, scope) = await locks.LockAsync(LockKind.Reserve, hold);
        if (refusal == Refusal.Exceeded && await SweepAsync())
        {
            (refusal, scope) = await locks.LockAsync(LockKind.Reserve, hold);
        }

        if (refusal != Refusal.None)
        {
            Telemetry.Denied(refusal);
            if (refusal == Refusal.Closed && await Ledger.IsTenantClosed())
            {
                // Closed while this was on its way: the tenant is the reason, not the budget.
                return ReserveReply.Refused(TenantRefusals.Closed(host.TenantId));
            }

            return refusal == Refusal.NoBudget ? ReserveReply.Conflict : ReserveReply.Refused(refusal.ToProblem(scope));
        }

        if (!host.MayOpen)
        {
            // The tenant's grain asks the next one.
            await locks.CompleteAsync(LockOutcome.Abandoned);
            return ReserveReply.Conflict;
        }

        var reservation = ReservationTransitions.Create(command, admission, locks.States, Clock.NowMs);
        var outcome = await WriteLockedAsync(locks, new LedgerTransaction
        {
            Stakes = locks.ToStakes(),
            Record = StakeOf(isActiveAfter: true),
            AdmissionEpoch = admission.Epoch,
            Writes =
            [
                WriteOf(reservation),
                StoreWrite.AddMember(host.Keys.Due, id, reservation.LapsesAtMs()),
            ],
            DueAtMs = reservation.LapsesAtMs(),
            Facts = [ChangeOf(reservation)],
            QuotaUse = QuotaUse.Reservation,
        });
        switch (outcome)
        {
            case CommitOutcome.Durable:
                Wrote(new ReservationSlot(reservation, null));
                return new ReserveReply(null, reservation, null, Clock.NowMs);
            case CommitOutcome.TenantClosed:
                return ReserveReply.Refused(TenantRefusals.Closed(host.TenantId));
            default:
                Forget();
                return RefuseForQuota(outcome);
        }
    }

    private async ValueTask<ReserveReply> EvaluateAsync(ReserveCommand command, Peers.Admission admission)
    {
        var request = new EvaluationRequest(command.PayloadHash, command.Scopes, command.Estimate);
        var evaluated = await Evaluation.EvaluateAsync(Grains, Ledger, Clock, request, admission);
        if (evaluated.Problem is { } problem)
        {
            return ReserveReply.Refused(problem);
        }

        var slot = new ReservationSlot(null, evaluated.Record);
        var outcome = await Ledger.Commit(new LedgerTransaction
        {
            Record = StakeOf(isActiveAfter: false),
            Writes =
            [
                StoreWrite.Set(
                    host.Keys.Reservation(id), GrainJson.Write(slot, GrainJson.Default.ReservationSlot), host.Options.ReplayRetention),
                StoreWrite.AddMember(host.Keys.Ended, id, Clock.NowMs),
            ],
            AllowedWhenClosed = true,
            QuotaUse = QuotaUse.Record,
        });
        if (outcome != CommitOutcome.Durable)
        {
            Forget();
            return RefuseForQuota(outcome);
        }

        Wrote(slot);
        return new ReserveReply(null, null, evaluated.Record, Clock.NowMs);
    }

    /// <summary>What the ledger would not write is refused when that was the quota's doing; else somebody's state was stale.</summary>
    private ReserveReply RefuseForQuota(CommitOutcome outcome) => QuotaProblem.Of(outcome, host.TenantId, host.Options, Clock.NowMs) is { } problem
        ? ReserveReply.Refused(problem)
        : ReserveReply.Conflict;
}
