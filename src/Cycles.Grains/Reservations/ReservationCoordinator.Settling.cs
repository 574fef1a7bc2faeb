using Cycles.Contracts.Addressing;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Store;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Budgets;
using Cycles.Grains.Expiry;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Scopes;
using Cycles.Grains.Transactions;
using Cycles.Grains.Waits;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Reservations;

// How a reservation ends, and how what was decided of it is written.
internal sealed partial class ReservationCoordinator
{
    /// <summary>Counts the commit where its tenant limits them, and says why it comes too soon.</summary>
    private ValueTask<Problem?> ThrottleCommitAsync(ReservationRecord reservation) => host.CommitLimits.MayLimit(host.TenantId)
        ? Grains.Get<ITenantPeerGrain>(host.TenantId).AdmitCommit(ScopeDerivation.Derive(reservation.Subject)).WithinAsync(TenantPatience, TenantIsSilent)
        : new((Problem?)null);

    /// <summary>Finds out what a commit charges, and holds the locks for it.</summary>
    private async ValueTask<Charge> ChargeAsync(ReservationRecord reservation, long actual)
    {
        var held = reservation.Reserved.Value;
        var scopes = ReservationTransitions.BudgetedScopes(reservation);
        var locks = new ScopeLocks(host.Channels, scopes, reservation.Reserved.Unit);
        if (actual <= held)
        {
            var (refusal, scope) = await locks.LockAsync(LockKind.Settle, BudgetDelta.Settle(held, actual));
            return refusal == Refusal.None ? new Charge(null, actual, locks, locks.States) : Charge.Refused(refusal.ToProblem(scope));
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
        var locks = new ScopeLocks(host.Channels, ReservationTransitions.BudgetedScopes(reservation), reservation.Reserved.Unit);
        await locks.LockAsync(LockKind.Settle, BudgetDelta.GiveBack(reservation.Reserved.Value));
        return locks;
    }

    private async ValueTask LapseAsync(ReservationRecord reservation)
    {
        var locks = await GiveBackAsync(reservation);
        if (await SettleAsync(ReservationTransitions.Expire(reservation, locks.States, Clock.NowMs), locks, allowedWhenClosed: true) is null)
        {
            throw new StoreInDoubtException($"reservation {id} is stale");
        }
    }

    private ValueTask<ReservationReply?> SettleAsync(
        ReservationRecord settled, ScopeLocks locks, bool allowedWhenClosed = false, AuditLogEntry? audit = null) =>
        WriteAsync(
            settled,
            new LedgerTransaction
            {
                Stakes = locks.ToStakes(),
                Record = StakeOf(isActiveAfter: false),
                Writes =
                [
                    WriteOf(settled),
                    StoreWrite.RemoveMember(host.Keys.Due, id),
                    StoreWrite.AddMember(host.Keys.Ended, id, settled.Settlement!.AtMs),
                ],
                AllowedWhenClosed = allowedWhenClosed,
                QuotaUse = QuotaUse.ReservationEnd,
                Facts = audit is null ? [ChangeOf(settled)] : [ChangeOf(settled), new AuditFact(audit)],
            },
            locks);

    /// <returns>The answer; null when the state was stale and the operation must run again.</returns>
    private async ValueTask<ReservationReply?> WriteAsync(ReservationRecord next, LedgerTransaction transaction, ScopeLocks? locks = null)
    {
        switch (await WriteLockedAsync(locks, transaction))
        {
            case CommitOutcome.Durable:
                Wrote(new ReservationSlot(next, null));
                if (!IsActive)
                {
                    Telemetry.Reservations.Add(1, new KeyValuePair<string, object?>("status", next.Status));
                }

                return Answer(null, next);
            case CommitOutcome.TenantClosed:
                return ReservationReply.Refused(TenantRefusals.Closed(host.TenantId));
            default:
                return null;
        }
    }

    private async ValueTask<CommitOutcome> WriteLockedAsync(ScopeLocks? locks, LedgerTransaction transaction)
    {
        CommitOutcome outcome;
        try
        {
            outcome = await Ledger.Commit(transaction);
        }
        catch (Exception exception)
        {
            await (locks?.FailAsync(exception) ?? default);
            throw;
        }

        await (locks?.CompleteAsync(outcome.ToLockOutcome()) ?? default);
        return outcome;
    }

    /// <summary>A closed tenant is told so before anything else is wrong.</summary>
    private async ValueTask<ReservationReply?> RefuseAsync(Problem problem) =>
        ReservationReply.Refused(await Ledger.IsTenantClosed() ? TenantRefusals.Closed(host.TenantId) : problem);

    /// <summary>Lets what has lapsed give back its holds, so that it causes no denial. False when there was nothing.</summary>
    private async ValueTask<bool> SweepAsync()
    {
        _isSweeping = true;
        try
        {
            return await Sweeps.SweepAsync(Grains, Ledger, Clock, host.TenantId);
        }
        finally
        {
            _isSweeping = false;
        }
    }

    private ReservationReply Answer(Problem? problem, ReservationRecord reservation) =>
        problem is null ? new ReservationReply(null, reservation, Clock.NowMs) : ReservationReply.Refused(problem);

    private static ReservationChanged ChangeOf(ReservationRecord reservation) => new(ReservationRow.Of(reservation));

    private StoreWrite WriteOf(ReservationRecord reservation) => StoreWrite.Set(
        host.Keys.Reservation(id),
        GrainJson.Write(new ReservationSlot(reservation, null), GrainJson.Default.ReservationSlot),
        reservation.Status == ReservationStatus.Active ? null : host.Options.Retention);
}
