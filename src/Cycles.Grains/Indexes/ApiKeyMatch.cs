using Cycles.Contracts.Indexes;
using Cycles.Grains.Paging;
using Cycles.Grains.Records;
using Cycles.Protocol.Keys;

namespace Cycles.Grains.Indexes;

/// <summary>Which rows a query of API keys has, and in which order.</summary>
internal static class ApiKeyMatch
{
    /// <summary>What a cursor is bound to.</summary>
    public static string Fingerprint(this ApiKeyQuery query) => PageCursor.Fingerprint(query.TenantId, query.Status, query.Search, query.SortBy, query.Ascending);

    /// <summary>Whether a key satisfies all filters.</summary>
    public static bool Matches(this ApiKeyQuery query, ApiKey key) =>
        (query.Status is null || key.Status == query.Status)
        && (query.Search is null
            || key.KeyId.Contains(query.Search, StringComparison.OrdinalIgnoreCase)
            || key.Name?.Contains(query.Search, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>A key's place in the list.</summary>
    public static SortKey KeyOf(this ApiKeyQuery query, ApiKey key) => query.SortBy switch
    {
        ApiKeySort.KeyId => SortKey.Of(0, key.KeyId),
        ApiKeySort.Name => SortKey.Of(key.Name ?? string.Empty, key.KeyId),
        ApiKeySort.TenantId => SortKey.Of(key.TenantId, key.KeyId),

        // As the names on the wire are ordered.
        ApiKeySort.Status => SortKey.Of(key.Status switch { ApiKeyStatus.Active => 0, ApiKeyStatus.Expired => 1, _ => 2 }, key.KeyId),
        ApiKeySort.CreatedAt => SortKey.Of(key.CreatedAt.UtcTicks, key.KeyId),
        ApiKeySort.ExpiresAt => SortKey.Of(key.ExpiresAt.UtcTicks, key.KeyId),
        _ => throw new InvalidOperationException($"sort {query.SortBy} is unknown"),
    };
}
