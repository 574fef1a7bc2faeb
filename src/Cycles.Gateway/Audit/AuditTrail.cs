using Cycles.Gateway.Http;
using Cycles.Grains.Audit;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Audit;

/// <summary>
/// What the audit log is told when a request ends in an error. A request has one when it is to change something through the admin plane,
/// or when it could not say who it is; a success is recorded by the grain that makes the change, in the same transaction.
/// </summary>
/// <param name="journal">Where refusals are recorded.</param>
/// <param name="origin">Who asked.</param>
internal sealed class AuditTrail(AuditJournal journal, Origin origin)
{
    private static readonly (string RouteValue, string ResourceType)[] Resources =
    [
        ("tenant_id", AuditResources.Tenant),
        ("key_id", AuditResources.ApiKey),
        ("policy_id", AuditResources.Policy),
        ("reservation_id", AuditResources.Reservation),
    ];

    /// <summary>Records the refusal; whatever goes wrong with that does not change the answer.</summary>
    public ValueTask RecordAsync(HttpContext http, Problem problem, int status)
    {
        var resource = Array.Find(Resources, resource => http.Request.RouteValues.ContainsKey(resource.RouteValue));
        return journal.RecordAsync(origin, new AuditFailure(
            TenantOf(http),
            status,
            problem.Code.ToWire(),
            problem.Message,
            http.Request.Method,
            http.Request.Path,
            resource.ResourceType,
            resource.RouteValue is { } name ? (string?)http.Request.RouteValues[name] : null));
    }

    private string TenantOf(HttpContext http)
    {
        if (origin.Actor == ActorType.Unauthenticated)
        {
            return AuditLogEntry.UnauthenticatedTenant;
        }

        var tenant = http.Response.Headers[HeaderNames.Tenant].ToString();
        return tenant.Length > 0 ? tenant : AuditLogEntry.AdminTenant;
    }
}
