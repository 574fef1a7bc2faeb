using Cycles.Protocol.Keys;

namespace Cycles.Contracts.Indexes;

/// <summary>What a list of API keys is asked for (GET /v1/admin/api-keys). All filters must hold; one that is null does.</summary>
[GenerateSerializer, Immutable, Alias("cycles.api-key-query")]
public sealed record ApiKeyQuery
{
    /// <summary>Whose; null for all tenants.</summary>
    [Id(0)]
    public string? TenantId { get; init; }

    /// <summary>The status, as of now: a key expires without being written.</summary>
    [Id(1)]
    public ApiKeyStatus? Status { get; init; }

    /// <summary>What the id or the name has in it, whatever its case.</summary>
    [Id(2)]
    public string? Search { get; init; }

    /// <summary>The sort key.</summary>
    [Id(3)]
    public ApiKeySort SortBy { get; init; } = ApiKeySort.CreatedAt;

    /// <summary>Whether the smallest come first.</summary>
    [Id(4)]
    public bool Ascending { get; init; }

    /// <summary>The most rows, 1 to 10,000.</summary>
    [Id(5)]
    public int Limit { get; init; } = 50;

    /// <summary>Where the page begins; of an answer to the same filters and sort.</summary>
    [Id(6)]
    public string? Cursor { get; init; }
}

/// <summary>What API keys can be sorted by; equal ones by id.</summary>
public enum ApiKeySort
{
#pragma warning disable CS1591 // The names are the parameter's values.
    KeyId,
    Name,
    TenantId,
    Status,
    CreatedAt,
    ExpiresAt,
#pragma warning restore CS1591
}
