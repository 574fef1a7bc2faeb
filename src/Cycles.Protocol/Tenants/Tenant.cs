using Cycles.Protocol.Reservations;

namespace Cycles.Protocol.Tenants;

/// <summary>A tenant (schema <c>Tenant</c>), on the wire and in the store.</summary>
[GenerateSerializer, Immutable, Alias("cycles.tenant")]
public sealed record Tenant
{
    /// <summary>The time to live of a reservation that names none and has no other default, in milliseconds.</summary>
    public const int DefaultTtlMs = 60_000;

    /// <summary>The longest time to live unless the tenant sets another, in milliseconds.</summary>
    public const int DefaultMaxTtlMs = 3_600_000;

    /// <summary>The number of extensions of one reservation unless the tenant sets another.</summary>
    public const int DefaultMaxExtensions = 10;

    /// <summary>Immutable; see <see cref="TenantIds"/>.</summary>
    [Id(0)]
    public required string TenantId { get; init; }

    /// <summary>At most 256 characters.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>The state.</summary>
    [Id(2)]
    public required TenantStatus Status { get; init; }

    /// <summary>The parent, when there is one.</summary>
    [Id(3)]
    public string? ParentTenantId { get; init; }

    /// <summary>The last resort of the overage precedence.</summary>
    [Id(4)]
    public OveragePolicy DefaultCommitOveragePolicy { get; init; } = OveragePolicy.AllowIfAvailable;

    /// <summary>In milliseconds, 1,000 to 86,400,000.</summary>
    [Id(5)]
    public int DefaultReservationTtlMs { get; init; } = DefaultTtlMs;

    /// <summary>In milliseconds, 1,000 to 86,400,000; longer requests are capped.</summary>
    [Id(6)]
    public int MaxReservationTtlMs { get; init; } = DefaultMaxTtlMs;

    /// <summary>At least 0.</summary>
    [Id(7)]
    public int MaxReservationExtensions { get; init; } = DefaultMaxExtensions;

    /// <summary>What happens to expired reservations.</summary>
    [Id(8)]
    public ExpiryPolicy ReservationExpiryPolicy { get; init; }

    /// <summary>At most 32 free pairs.</summary>
    [Id(9)]
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>UTC.</summary>
    [Id(10)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>UTC.</summary>
    [Id(11)]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>UTC.</summary>
    [Id(12)]
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>UTC.</summary>
    [Id(13)]
    public DateTimeOffset? ClosedAt { get; init; }
}
