using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Tenants;

/// <summary>What is answered about a tenant that does not exist.</summary>
public static class TenantProblems
{
    /// <summary>There is no such tenant: 404, or 400 where it is an argument.</summary>
    public static Problem NotFound(string tenantId) => new(ErrorCode.TenantNotFound, $"Tenant not found: {tenantId}");
}
