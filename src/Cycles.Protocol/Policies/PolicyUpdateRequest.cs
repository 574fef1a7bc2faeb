using System.Text.Json.Serialization;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;

namespace Cycles.Protocol.Policies;

/// <summary>
/// Body of PATCH /v1/admin/policies/{policy_id}. What is absent stays; an object replaces the one that was there, and an empty one takes
/// it away.
/// </summary>
[GenerateSerializer, Immutable, Alias("cycles.policy-update")]
public sealed record PolicyUpdateRequest
{
    /// <summary>At most 256 characters; unique in its tenant.</summary>
    [Id(0)]
    public string? Name { get; init; }

    /// <summary>At most 1,024 characters; an empty one takes the description away.</summary>
    [Id(1)]
    public string? Description { get; init; }

    /// <summary>Not part of the schema: it is read only to say that a policy's pattern never changes.</summary>
    [Id(2)]
    public string? ScopePattern { get; init; }

    /// <summary>At least 0.</summary>
    [Id(3)]
    public int? Priority { get; init; }

    /// <summary>Replaces the caps.</summary>
    [Id(4)]
    public Caps? Caps { get; init; }

    /// <summary>The new overage policy.</summary>
    [Id(5)]
    public OveragePolicy? CommitOveragePolicy { get; init; }

    /// <summary>Replaces the time-to-live rules.</summary>
    [Id(6)]
    public ReservationTtlOverride? ReservationTtlOverride { get; init; }

    /// <summary>Replaces the rate limits.</summary>
    [Id(7)]
    public RateLimits? RateLimits { get; init; }

    /// <summary>UTC.</summary>
    [Id(8), JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>UTC.</summary>
    [Id(9), JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? EffectiveUntil { get; init; }

    /// <summary>Whether it takes part.</summary>
    [Id(10)]
    public PolicyStatus? Status { get; init; }
}
