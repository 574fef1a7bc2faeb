namespace Cycles.Grains.Audit.Index;

/// <summary>The columns of texts.</summary>
internal enum AuditField
{
    Tenant,
    Operation,
    ResourceType,
    ResourceId,
    Key,
    ErrorCode,

    /// <summary>As text: three digits, so that their order as texts is their order as numbers.</summary>
    Status,
}
