namespace Cycles.Contracts.Tenants;

/// <summary>What objects that have ended with their tenant say of it.</summary>
public static class TenantEnd
{
    /// <summary>Why they have ended, as their records and the audit log have it.</summary>
    public const string Reason = "tenant_closed";
}
