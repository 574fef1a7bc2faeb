using Cycles.Contracts.Reservations;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Reservations;

/// <summary>What may be done with a reservation in its state and at its time: pure rules, in the protocol's order of checks.</summary>
internal static class ReservationRules
{
    /// <summary>From when on nothing is taken any more and the hold goes back: after expiry and grace, in Unix milliseconds.</summary>
    public static long LapsesAtMs(this ReservationRecord reservation) => reservation.ExpiresAtMs + reservation.GracePeriodMs;

    /// <summary>What a replay of a commit, release or extend is answered, or null when the request is no replay.</summary>
    public static Problem? CheckReplay(string knownHash, string payloadHash) =>
        knownHash == payloadHash ? null : IdempotencyMismatch();

    public static Problem? CheckCommit(ReservationRecord reservation, Amount actual, long nowMs)
    {
        if (CheckActive(reservation) is { } problem)
        {
            return problem;
        }

        if (actual.Unit != reservation.Reserved.Unit)
        {
            return new Problem(
                ErrorCode.UnitMismatch,
                $"The reservation is in {reservation.Reserved.Unit.ToWire()}, the actual amount in {actual.Unit.ToWire()}",
                new UnitMismatchDetails(reservation.ScopePath, actual.Unit, [reservation.Reserved.Unit]));
        }

        return CheckNotLapsed(reservation, nowMs);
    }

    public static Problem? CheckRelease(ReservationRecord reservation, long nowMs) =>
        CheckActive(reservation) ?? CheckNotLapsed(reservation, nowMs);

    public static Problem? CheckExtend(ReservationRecord reservation, long nowMs)
    {
        if (CheckActive(reservation) is { } problem)
        {
            return problem;
        }

        if (nowMs > reservation.ExpiresAtMs)
        {
            return Expired(reservation);
        }

        return (reservation.Extensions?.Length ?? 0) >= reservation.MaxExtensions
            ? new Problem(ErrorCode.MaxExtensionsExceeded, $"The reservation was extended {reservation.MaxExtensions} times already")
            : null;
    }

    /// <summary>Whether the hold goes back to its budgets now.</summary>
    public static bool HasLapsed(ReservationRecord reservation, long nowMs) =>
        reservation.Status == ReservationStatus.Active && nowMs > reservation.LapsesAtMs();

    public static Problem Expired(ReservationRecord reservation) =>
        new(ErrorCode.ReservationExpired, $"Reservation {reservation.Id} has expired");

    public static Problem NotFound(string id) => new(ErrorCode.NotFound, $"Reservation not found: {id}");

    public static Problem IdempotencyMismatch() =>
        new(ErrorCode.IdempotencyMismatch, "This idempotency key was used with another payload");

    private static Problem? CheckActive(ReservationRecord reservation) => reservation.Status switch
    {
        ReservationStatus.Active => null,
        ReservationStatus.Expired => Expired(reservation),
        _ => new Problem(
            ErrorCode.ReservationFinalized,
            $"Reservation {reservation.Id} is already {reservation.Status.ToString().ToUpperInvariant()}"),
    };

    private static Problem? CheckNotLapsed(ReservationRecord reservation, long nowMs) =>
        nowMs > reservation.LapsesAtMs() ? Expired(reservation) : null;
}
