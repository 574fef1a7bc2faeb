using Cycles.Contracts.Audit;
using Cycles.Gateway.Http;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Audit;

/// <summary>
/// What the audit log is told when a request ends in an error: everything of a request that is to change something through the admin plane, of
/// others only that the caller may not. A success is recorded by the grain that makes the change, in the same transaction.
/// </summary>
/// <param name="refusals">Where refusals are recorded.</param>
/// <param name="call">Who asked for what.</param>
/// <param name="isAudited">Whether every refusal is recorded, not only denials.</param>
internal sealed class AuditTrail(RefusalLog refusals, Call call, bool isAudited)
{
    private static readonly (string Path, string Type, string? IdInRoute)[] Resources =
    [
        ("/v1/admin/tenants", AuditResources.Tenant, "tenant_id"),
        ("/v1/admin/budgets", AuditResources.Budget, null),
        ("/v1/x-cycles/budgets", AuditResources.Budget, null),
        ("/v1/admin/policies", AuditResources.Policy, "policy_id"),
        ("/v1/admin/api-keys", AuditResources.ApiKey, "key_id"),
        ("/v1/reservations", AuditResources.Reservation, "reservation_id"),
    ];

    /// <summary>Records the refusal; whatever goes wrong with that does not change the answer.</summary>
    public ValueTask RecordAsync(HttpContext http, Problem problem, int status)
    {
        if (!isAudited && !problem.IsDenial)
        {
            return default;
        }

        var origin = call.Origin;
        var resource = Array.Find(Resources, resource => call.Operation.Pattern.StartsWith(resource.Path, StringComparison.Ordinal));
        var failure = new AuditFailure(
            TenantOf(http, origin),
            status,
            problem.Code.ToWire(),
            problem.Message,
            http.Request.Method,
            http.Request.Path,
            resource.Type,
            resource.IdInRoute is { } name ? (string?)http.Request.RouteValues[name] : null);
        return refusals.RecordAsync(origin, failure, problem.IsDenial);
    }

    private static string TenantOf(HttpContext http, Origin origin)
    {
        if (origin.Actor == ActorType.Unauthenticated)
        {
            return AuditLogEntry.UnauthenticatedTenant;
        }

        var tenant = http.Response.Headers[HeaderNames.Tenant].ToString();
        return tenant.Length > 0 ? tenant : AuditLogEntry.AdminTenant;
    }
}
