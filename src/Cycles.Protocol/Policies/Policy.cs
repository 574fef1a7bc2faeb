using System.Text.Json.Serialization;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;

namespace Cycles.Protocol.Policies;

/// <summary>Whether a policy takes part.</summary>
[JsonConverter(typeof(EnumNames<PolicyStatus>))]
public enum PolicyStatus
{
    /// <summary>Takes part inside its window.</summary>
    [JsonStringEnumMemberName("ACTIVE")]
    Active,

    /// <summary>Does not.</summary>
    [JsonStringEnumMemberName("DISABLED")]
    Disabled,
}

/// <summary>Caps, limits and defaults for the scopes that a pattern matches (schema <c>Policy</c>).</summary>
[GenerateSerializer, Immutable, Alias("cycles.policy")]
public sealed record Policy
{
    /// <summary>The id.</summary>
    [Id(0)]
    public required string PolicyId { get; init; }

    /// <summary>At most 256 characters; unique in its tenant.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>At most 1,024 characters.</summary>
    [Id(2)]
    public string? Description { get; init; }

    /// <summary>See <see cref="ScopePattern"/>.</summary>
    [Id(3)]
    public required string ScopePattern { get; init; }

    /// <summary>At least 0; the highest wins.</summary>
    [Id(4)]
    public int Priority { get; init; }

    /// <summary>With caps, an allowed request is ALLOW_WITH_CAPS.</summary>
    [Id(5)]
    public Caps? Caps { get; init; }

    /// <summary>Between the budget's and the request's.</summary>
    [Id(6)]
    public OveragePolicy? CommitOveragePolicy { get; init; }

    /// <summary>Time-to-live defaults and limits.</summary>
    [Id(7)]
    public ReservationTtlOverride? ReservationTtlOverride { get; init; }

    /// <summary>Requests per minute.</summary>
    [Id(8)]
    public RateLimits? RateLimits { get; init; }

    /// <summary>Whether it takes part.</summary>
    [Id(9)]
    public PolicyStatus Status { get; init; }

    /// <summary>UTC; from always when absent.</summary>
    [Id(10)]
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>UTC; for ever when absent.</summary>
    [Id(11)]
    public DateTimeOffset? EffectiveUntil { get; init; }

    /// <summary>UTC.</summary>
    [Id(12)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>UTC.</summary>
    [Id(13)]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Whether the policy takes part at <paramref name="now"/>.</summary>
    public bool IsEffectiveAt(DateTimeOffset now) =>
        Status == PolicyStatus.Active && !(now < EffectiveFrom) && !(now > EffectiveUntil);
}

/// <summary>Time-to-live rules of a policy.</summary>
/// <param name="DefaultTtlMs">For requests that name none, in milliseconds, 1,000 to 86,400,000.</param>
/// <param name="MaxTtlMs">Longer requests are capped, in milliseconds, 1,000 to 86,400,000.</param>
/// <param name="MaxExtensions">At least 0.</param>
[GenerateSerializer, Immutable, Alias("cycles.ttl-override")]
public sealed record ReservationTtlOverride(
    [property: Id(0)] int? DefaultTtlMs = null,
    [property: Id(1)] int? MaxTtlMs = null,
    [property: Id(2)] int? MaxExtensions = null);

/// <summary>Rate limits of a policy.</summary>
/// <param name="MaxReservationsPerMinute">At least 1.</param>
/// <param name="MaxCommitsPerMinute">At least 1.</param>
[GenerateSerializer, Immutable, Alias("cycles.rate-limits")]
public sealed record RateLimits(
    [property: Id(0)] int? MaxReservationsPerMinute = null,
    [property: Id(1)] int? MaxCommitsPerMinute = null);

/// <summary>Body of POST /v1/admin/policies.</summary>
[GenerateSerializer, Immutable, Alias("cycles.policy-create")]
public sealed record PolicyCreateRequest
{
#pragma warning disable CS1591 // As in Policy.
    [Id(0)] public string? TenantId { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public string? Description { get; init; }
    [Id(3)] public required string ScopePattern { get; init; }
    [Id(4)] public int? Priority { get; init; }
    [Id(5)] public Caps? Caps { get; init; }
    [Id(6)] public OveragePolicy? CommitOveragePolicy { get; init; }
    [Id(7)] public ReservationTtlOverride? ReservationTtlOverride { get; init; }
    [Id(8)] public RateLimits? RateLimits { get; init; }
    [Id(9), JsonConverter(typeof(Rfc3339Converter))] public DateTimeOffset? EffectiveFrom { get; init; }
    [Id(10), JsonConverter(typeof(Rfc3339Converter))] public DateTimeOffset? EffectiveUntil { get; init; }
#pragma warning restore CS1591
}

/// <summary>Answer to GET /v1/admin/policies.</summary>
public sealed record PolicyListResponse
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<Policy> Policies { get; init; }

    /// <summary>Where the next page begins, when there is one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public required bool HasMore { get; init; }
}
