using Cycles.Contracts.Reservations;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Tenants;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Reservations;

/// <summary>The records that the operations make of a reservation: pure, from one to the next.</summary>
internal static class ReservationTransitions
{
    public static ReservationRecord Create(ReserveCommand command, Peers.Admission admission, BudgetState[] balances, long nowMs) => new()
    {
        Id = command.Id,
        TenantId = command.TenantId,
        IdempotencyKey = command.IdempotencyKey,
        PayloadHash = command.PayloadHash,
        Status = ReservationStatus.Active,
        Subject = command.Subject,
        Action = command.Action,
        Reserved = command.Estimate,
        ScopePath = command.Scopes[^1].Value,
        Budgeted = Array.ConvertAll(admission.Budgeted, scope => scope.Value),
        OveragePolicy = admission.OveragePolicy,
        Caps = admission.Caps,
        CreatedAtMs = nowMs,
        FirstExpiresAtMs = nowMs + admission.TtlMs,
        ExpiresAtMs = nowMs + admission.TtlMs,
        GracePeriodMs = command.GracePeriodMs,
        MaxExtensions = admission.MaxExtensions,
        Balances = balances,
        Metadata = command.Metadata,
    };

    public static ReservationRecord Commit(
        ReservationRecord reservation, CommitCommand command, long charged, BudgetState[] balances, long nowMs) => reservation with
        {
            Status = ReservationStatus.Committed,
            Settlement = new ReservationSettlement
            {
                IdempotencyKey = command.IdempotencyKey,
                PayloadHash = command.PayloadHash,
                AtMs = nowMs,
                Charged = charged,
                Released = Math.Max(reservation.Reserved.Value - charged, 0),
                Balances = balances,
                Metadata = command.Metadata,
                Metrics = command.Metrics,
            },
        };

    public static ReservationRecord Release(
        ReservationRecord reservation, ReleaseCommand command, BudgetState[] balances, long nowMs) => reservation with
        {
            Status = ReservationStatus.Released,
            Settlement = new ReservationSettlement
            {
                IdempotencyKey = command.IdempotencyKey,
                PayloadHash = command.PayloadHash,
                AtMs = nowMs,
                Released = reservation.Reserved.Value,
                Balances = balances,
                Reason = command.Reason,
            },
        };

    public static ReservationRecord Expire(ReservationRecord reservation, BudgetState[] balances, long nowMs) => reservation with
    {
        Status = ReservationStatus.Expired,
        Settlement = new ReservationSettlement { AtMs = nowMs, Released = reservation.Reserved.Value, Balances = balances },
    };

    /// <summary>Released without a request, as its tenant is closed.</summary>
    public static ReservationRecord EndWithTenant(ReservationRecord reservation, BudgetState[] balances, long nowMs) => reservation with
    {
        Status = ReservationStatus.Released,
        Settlement = new ReservationSettlement
        {
            AtMs = nowMs,
            Released = reservation.Reserved.Value,
            Balances = balances,
            Reason = TenantEnd.Reason,
        },
    };

    public static ReservationRecord Extend(ReservationRecord reservation, ExtendCommand command)
    {
        var expiresAtMs = reservation.ExpiresAtMs + command.ExtendByMs;
        return reservation with
        {
            ExpiresAtMs = expiresAtMs,
            Extensions =
            [
                .. reservation.Extensions ?? [], new ReservationExtension(command.IdempotencyKey, command.PayloadHash, expiresAtMs),
            ],
        };
    }

    /// <summary>What the answer to an extension shows: the expiry that it set, whatever came later.</summary>
    public static ReservationRecord AsOf(ReservationRecord reservation, ReservationExtension extension) =>
        reservation with { ExpiresAtMs = extension.ExpiresAtMs };

    public static ScopePath[] BudgetedScopes(ReservationRecord reservation) =>
        Array.ConvertAll(reservation.Budgeted, ScopePath.FromCanonical);
}
