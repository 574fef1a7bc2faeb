using StackExchange.Redis;

namespace Cycles.Grains.Store;

/// <summary>The names of the keys that belong to no single tenant.</summary>
public static class ClusterKeys
{
    /// <summary>Sorted set: tenant ids by creation time.</summary>
    public static readonly RedisKey Tenants = "cycles:tenants";

    /// <summary>Set: tenants that are not in <see cref="Tenants"/> and have refusals in the audit log.</summary>
    public static readonly RedisKey AuditTenants = "cycles:audit-tenants";

    /// <summary>String: SHA-256 of the generated admin key.</summary>
    public static readonly RedisKey AdminKeyHash = "cycles:admin-key";

    /// <summary>String: written only to have something behind which a barrier can stand; what it holds means nothing.</summary>
    public static readonly RedisKey Barrier = "cycles:barrier";

    /// <summary>String: the secret by which the silos and gateways of the cluster know each other.</summary>
    public static readonly RedisKey Secret = "cycles:cluster-secret";

    /// <summary>String: the tenant whose key has this secret. Written before the key itself, so an orphan opens nothing.</summary>
    public static RedisKey ApiKeyOwner(string secretHash) => $"cycles:key:{secretHash}";
}
