using Cycles.Protocol.Errors;

namespace Cycles.Grains.Tenants;

/// <summary>What a tenant's state refuses.</summary>
internal static class TenantProblems
{
    public static Problem Closed(string tenantId) => new(ErrorCode.TenantClosed, $"Tenant {tenantId} is closed");

    /// <summary>A suspended tenant starts nothing new; what it has begun it may settle.</summary>
    public static Problem Suspended(string tenantId) => new(ErrorCode.Forbidden, $"Tenant {tenantId} is suspended");

    public static Problem NotFound(string tenantId) => new(ErrorCode.TenantNotFound, $"Tenant not found: {tenantId}");
}
