namespace Cycles.Protocol.Audit;

/// <summary>The types of resources in the audit log (schema <c>AuditLogEntry.resource_type</c>, an open list).</summary>
public static class AuditResources
{
#pragma warning disable CS1591 // The names are the protocol's.
    public const string Tenant = "tenant";
    public const string Budget = "budget";
    public const string ApiKey = "api_key";
    public const string Policy = "policy";
    public const string Reservation = "reservation";
#pragma warning restore CS1591
}
