using Cycles.Protocol.Reservations;

namespace Cycles.Protocol.Tenants;

/// <summary>Body of POST /v1/admin/tenants.</summary>
[GenerateSerializer, Immutable, Alias("cycles.tenant-create")]
public sealed record TenantCreateRequest
{
    /// <summary>See <see cref="TenantIds"/>.</summary>
    [Id(0)]
    public required string TenantId { get; init; }

    /// <summary>At most 256 characters.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>The parent, when there is one.</summary>
    [Id(2)]
    public string? ParentTenantId { get; init; }

    /// <summary>At most 32 free pairs.</summary>
    [Id(3)]
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>ALLOW_IF_AVAILABLE when absent.</summary>
    [Id(4)]
    public OveragePolicy? DefaultCommitOveragePolicy { get; init; }

    /// <summary>In milliseconds, 1,000 to 86,400,000; 60,000 when absent.</summary>
    [Id(5)]
    public int? DefaultReservationTtlMs { get; init; }

    /// <summary>In milliseconds, 1,000 to 86,400,000; 3,600,000 when absent.</summary>
    [Id(6)]
    public int? MaxReservationTtlMs { get; init; }

    /// <summary>At least 0; 10 when absent.</summary>
    [Id(7)]
    public int? MaxReservationExtensions { get; init; }

    /// <summary>AUTO_RELEASE when absent.</summary>
    [Id(8)]
    public ExpiryPolicy? ReservationExpiryPolicy { get; init; }
}

/// <summary>Body of PATCH /v1/admin/tenants/{tenant_id}; what is absent stays.</summary>
[GenerateSerializer, Immutable, Alias("cycles.tenant-update")]
public sealed record TenantUpdateRequest
{
    /// <summary>At most 256 characters.</summary>
    [Id(0)]
    public string? Name { get; init; }

    /// <summary>The state to go to.</summary>
    [Id(1)]
    public TenantStatus? Status { get; init; }

    /// <summary>Replaces the metadata.</summary>
    [Id(2)]
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>The new default.</summary>
    [Id(3)]
    public OveragePolicy? DefaultCommitOveragePolicy { get; init; }

    /// <summary>In milliseconds, 1,000 to 86,400,000.</summary>
    [Id(4)]
    public int? DefaultReservationTtlMs { get; init; }

    /// <summary>In milliseconds, 1,000 to 86,400,000.</summary>
    [Id(5)]
    public int? MaxReservationTtlMs { get; init; }

    /// <summary>At least 0.</summary>
    [Id(6)]
    public int? MaxReservationExtensions { get; init; }
}

/// <summary>Answer to GET /v1/admin/tenants.</summary>
public sealed record TenantListResponse
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<Tenant> Tenants { get; init; }

    /// <summary>Where the next page begins, when there is one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public required bool HasMore { get; init; }
}
