using Cycles.Protocol.Errors;

namespace Cycles.Grains.Records;

/// <summary>What a tenant's state refuses.</summary>
internal static class TenantRefusals
{
    public static Problem Closed(string tenantId) => new(ErrorCode.TenantClosed, $"Tenant {tenantId} is closed");

    /// <summary>A suspended tenant starts nothing new; what it has begun it may settle.</summary>
    public static Problem Suspended(string tenantId) => new(ErrorCode.Forbidden, $"Tenant {tenantId} is suspended");

    /// <summary>As for policies: nothing that waiting could mend, so 409.</summary>
    public static Problem TooManyBudgets(string tenantId, int count) =>
        new(ErrorCode.LimitExceeded, $"Tenant {tenantId} has {count} budgets, the most that it can have", Conflicts: true);
}
