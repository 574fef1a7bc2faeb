using Cycles.Contracts.Audit;
using Cycles.Contracts.Reservations;
using Cycles.Grains.Audit.Entries;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Reservations;

/// <summary>What the audit log says of a reservation that somebody settles in its tenant's place (AUDIT, normative, on POST …/release).</summary>
internal static class ReservationAudit
{
    public static AuditLogEntry Release(Origin origin, ReservationRecord reservation, ReleaseCommand command, DateTimeOffset now)
    {
        var entry = AuditEntries.Succeeded(
            origin,
            reservation.TenantId,
            AuditResources.Reservation,
            reservation.Id,
            now,
            amount: reservation.Reserved,
            metadata: command.Reason is null ? null : new() { ["reason"] = command.Reason });
        return entry with { Subject = reservation.Subject, Action = reservation.Action };
    }
}
