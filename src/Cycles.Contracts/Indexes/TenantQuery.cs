using Cycles.Protocol.Tenants;

namespace Cycles.Contracts.Indexes;

/// <summary>What a list of tenants is asked for (GET /v1/admin/tenants). All filters must hold; one that is null does.</summary>
[GenerateSerializer, Immutable, Alias("cycles.tenant-query")]
public sealed record TenantQuery
{
    /// <summary>The status.</summary>
    [Id(0)]
    public TenantStatus? Status { get; init; }

    /// <summary>Whose child it is.</summary>
    [Id(1)]
    public string? ParentTenantId { get; init; }

    /// <summary>What the id or the name has in it, whatever its case.</summary>
    [Id(2)]
    public string? Search { get; init; }

    /// <summary>The sort key.</summary>
    [Id(3)]
    public TenantSort SortBy { get; init; } = TenantSort.CreatedAt;

    /// <summary>Whether the smallest come first.</summary>
    [Id(4)]
    public bool Ascending { get; init; }

    /// <summary>The most rows.</summary>
    [Id(5)]
    public int Limit { get; init; } = 50;

    /// <summary>Where the page begins; of an answer to the same filters and sort.</summary>
    [Id(6)]
    public string? Cursor { get; init; }
}

/// <summary>What tenants can be sorted by; equal ones by id.</summary>
public enum TenantSort
{
#pragma warning disable CS1591 // The names are the parameter's values.
    TenantId,
    Name,
    Status,
    CreatedAt,
#pragma warning restore CS1591
}
