using Cycles.Contracts.Indexes;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Indexes;

/// <summary>The tenants that were read so far, with their API keys. Plain single-threaded state.</summary>
internal sealed class TenantIndex
{
    private readonly Dictionary<string, (Tenant Tenant, ApiKey[] Keys)> _tenants = [];

    public void Clear() => _tenants.Clear();

    /// <summary>Takes over a tenant; null when there is none of that id.</summary>
    public void Put(string tenantId, Tenant? tenant, ApiKey[] keys)
    {
        if (tenant is null)
        {
            _tenants.Remove(tenantId);
        }
        else
        {
            _tenants[tenantId] = (tenant, keys);
        }
    }

    public TenantPage Read(TenantQuery query)
    {
        var (problem, page, next) = PageSelection.Read(
            _tenants.Values.Select(entry => entry.Tenant),
            query.Matches,
            query.KeyOf,
            query.Ascending,
            query.Limit,
            query.Fingerprint(),
            query.Cursor);
        return new TenantPage(problem, page, next);
    }

    /// <param name="query">The filters and the sort.</param>
    /// <param name="now">Which keys have expired is a matter of time, not of a write.</param>
    public ApiKeyPage Read(ApiKeyQuery query, DateTimeOffset now)
    {
        var keys = query.TenantId is { } tenantId
            ? _tenants.TryGetValue(tenantId, out var entry) ? entry.Keys : []
            : _tenants.Values.SelectMany(entry => entry.Keys);
        var (problem, page, next) = PageSelection.Read(
            keys.Select(key => TenantChanges.AsOf(key, now)),
            query.Matches,
            query.KeyOf,
            query.Ascending,
            query.Limit,
            query.Fingerprint(),
            query.Cursor);
        return new ApiKeyPage(problem, page, next);
    }

    public TenantSummary Summarize()
    {
        int Count(TenantStatus status) => _tenants.Values.Count(entry => entry.Tenant.Status == status);
        return new TenantSummary(_tenants.Count, Count(TenantStatus.Active), Count(TenantStatus.Suspended), Count(TenantStatus.Closed));
    }
}
