using Cycles.Contracts.Calls;

namespace Cycles.Contracts.Cluster;

/// <summary>What belongs to no single tenant (key: 0): the directory of tenants and the generated admin key.</summary>
[Alias("cycles.cluster"), ClientAccess(ClientAccess.Gateways)]
public interface IClusterGrain : IGrainWithIntegerKey
{
    /// <summary>Enters a tenant into the directory, before its record is written: an entry without a record shows nothing.</summary>
    [Alias("add-tenant"), AnyRoute]
    ValueTask AddTenant(string tenantId);

    /// <summary>The hash of the admin key: the one that is kept, or from now on <paramref name="candidateHash"/>.</summary>
    [Alias("admin-key"), AnyRoute]
    ValueTask<string> GetOrSetAdminKeyHash(string candidateHash);
}
