using Cycles.Contracts.Indexes;
using Cycles.Grains.Paging;
using Cycles.Grains.Records;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Indexes;

/// <summary>Which rows a query of tenants has, and in which order.</summary>
internal static class TenantMatch
{
    /// <summary>What a cursor is bound to.</summary>
    public static string Fingerprint(this TenantQuery query) => PageCursor.Fingerprint(query.Status, query.ParentTenantId, query.Search, query.SortBy, query.Ascending);

    /// <summary>Whether a tenant satisfies all filters.</summary>
    public static bool Matches(this TenantQuery query, Tenant tenant) =>
        (query.Status is null || tenant.Status == query.Status)
        && (query.ParentTenantId is null || tenant.ParentTenantId == query.ParentTenantId)
        && (query.Search is null
            || tenant.TenantId.Contains(query.Search, StringComparison.OrdinalIgnoreCase)
            || tenant.Name.Contains(query.Search, StringComparison.OrdinalIgnoreCase));

    /// <summary>A tenant's place in the list.</summary>
    public static SortKey KeyOf(this TenantQuery query, Tenant tenant) => query.SortBy switch
    {
        TenantSort.TenantId => SortKey.Of(0, tenant.TenantId),
        TenantSort.Name => SortKey.Of(tenant.Name, tenant.TenantId),

        // As the names on the wire are ordered.
        TenantSort.Status => SortKey.Of(
            tenant.Status switch { TenantStatus.Active => 0, TenantStatus.Closed => 1, _ => 2 }, tenant.TenantId),
        TenantSort.CreatedAt => SortKey.Of(tenant.CreatedAt.UtcTicks, tenant.TenantId),
        _ => throw new InvalidOperationException($"sort {query.SortBy} is unknown"),
    };
}
