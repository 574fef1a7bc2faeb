using System.Text.Json.Nodes;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Records;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Audit.Entries;

/// <summary>
/// The lines of the audit log on what a closed tenant owned, one each, with the reserved kinds (CASCADE SEMANTICS). The actor and the request
/// are those of the close.
/// </summary>
internal static class CascadeEntries
{
    private const string Operation = "tenant_close_cascade";

    /// <summary>The line on the close itself, which the others refer to.</summary>
    public static AuditLogEntry Of(TenantClose close, Tenant tenant, DateTimeOffset now) => AuditEntries.Succeeded(
        close.Origin,
        close.TenantId,
        AuditResources.Tenant,
        close.TenantId,
        now,
        metadata: new JsonObject
        {
            ["event_kind"] = "tenant.closed",
            ["prior_status"] = tenant.Status.ToString().ToUpperInvariant(),
            ["new_status"] = "CLOSED",
            ["correlation_id"] = close.CorrelationId,
        });

    public static AuditLogEntry Of(TenantClose close, ReservationRecord reservation, DateTimeOffset now) => Entry(
        close,
        AuditResources.Reservation,
        reservation.Id,
        now,
        new JsonObject
        {
            ["event_kind"] = "reservation.released_via_tenant_cascade",
            ["scope"] = reservation.ScopePath,
            ["unit"] = reservation.Reserved.Unit.ToWire(),
            ["prior_status"] = "ACTIVE",
            ["new_status"] = "RELEASED",
            ["released_amount"] = reservation.Reserved.Value,
        });

    /// <param name="close">The close.</param>
    /// <param name="record">The budget before.</param>
    /// <param name="state">Its final numbers.</param>
    /// <param name="now">The store's time.</param>
    public static AuditLogEntry Of(TenantClose close, BudgetRecord record, BudgetState state, DateTimeOffset now) => Entry(
        close,
        AuditResources.Budget,
        record.LedgerId,
        now,
        new JsonObject
        {
            ["event_kind"] = "budget.closed_via_tenant_cascade",
            ["scope"] = record.Scope,
            ["unit"] = record.Unit.ToWire(),
            ["prior_status"] = record.Status.ToString().ToUpperInvariant(),
            ["new_status"] = "CLOSED",
            ["allocated"] = state.Allocated,
            ["spent"] = state.Spent,
            ["reserved"] = state.Reserved,
            ["debt"] = state.Debt,
            ["remaining"] = state.Remaining,
        });

    public static AuditLogEntry Of(TenantClose close, ApiKeyRecord key, DateTimeOffset now) => Entry(
        close,
        AuditResources.ApiKey,
        key.Key.KeyId,
        now,
        new JsonObject
        {
            ["event_kind"] = "api_key.revoked_via_tenant_cascade",
            ["name"] = key.Key.Name,
            ["prior_status"] = "ACTIVE",
            ["new_status"] = "REVOKED",
        });

    private static AuditLogEntry Entry(
        TenantClose close, string resourceType, string resourceId, DateTimeOffset now, JsonObject metadata)
    {
        metadata["cascade_reason"] = TenantEnd.Reason;
        metadata["correlation_id"] = close.CorrelationId;
        return AuditEntries.Succeeded(
            close.Origin with { Operation = Operation }, close.TenantId, resourceType, resourceId, now, metadata: metadata);
    }
}
