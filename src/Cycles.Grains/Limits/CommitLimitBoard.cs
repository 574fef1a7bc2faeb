using System.Collections.Concurrent;

namespace Cycles.Grains.Limits;

/// <summary>
/// Which tenants of this silo limit their commits at all, beside <c>LedgerBoard</c>: a commit of one that does not (as good
/// as all) makes no call for it.
/// </summary>
internal sealed class CommitLimitBoard
{
    private readonly ConcurrentDictionary<string, bool> _tenants = new();

    public void Publish(string tenantId, bool limitsCommits) => _tenants[tenantId] = limitsCommits;

    public void Withdraw(string tenantId) => _tenants.TryRemove(tenantId, out _);

    /// <summary>Whether the tenant's grain must be asked: it limits commits, or has not said.</summary>
    public bool MayLimit(string tenantId) => !_tenants.TryGetValue(tenantId, out var limitsCommits) || limitsCommits;
}
