using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Reservations;

/// <summary>Body of POST /v1/reservations.</summary>
public sealed record ReservationCreateRequest
{
    /// <summary>The largest time to live, in milliseconds (24 h).</summary>
    public const int MaxTtlMs = 86_400_000;

    /// <summary>1 to 256 characters.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>Who acts.</summary>
    public required Subject Subject { get; init; }

    /// <summary>What is about to happen.</summary>
    public required ActionInfo Action { get; init; }

    /// <summary>What it may cost.</summary>
    public required Amount Estimate { get; init; }

    /// <summary>Time to live in milliseconds, 1,000 to 86,400,000; the tenant's default when absent.</summary>
    public int? TtlMs { get; init; }

    /// <summary>How long after expiry a commit is still taken, in milliseconds, 0 to 60,000; 5,000 when absent.</summary>
    public int? GracePeriodMs { get; init; }

    /// <summary>Overrides the policy's, the budget's and the tenant's.</summary>
    public OveragePolicy? OveragePolicy { get; init; }

    /// <summary>Evaluate only; nothing changes.</summary>
    public bool? DryRun { get; init; }

    /// <summary>Free; kept and returned.</summary>
    public RawJsonObject? Metadata { get; init; }
}

/// <summary>Body of POST /v1/reservations/{id}/commit.</summary>
public sealed record CommitRequest
{
    /// <summary>1 to 256 characters.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>What it really cost, in the unit of the reservation.</summary>
    public required Amount Actual { get; init; }

    /// <summary>Standard measurements.</summary>
    public StandardMetrics? Metrics { get; init; }

    /// <summary>Free; kept as the reservation's committed_metadata.</summary>
    public RawJsonObject? Metadata { get; init; }
}

/// <summary>Optional measurements of a commit or event (schema <c>StandardMetrics</c>).</summary>
[GenerateSerializer, Immutable, Alias("cycles.standard-metrics")]
public sealed record StandardMetrics
{
    /// <summary>At least 0.</summary>
    [Id(0)]
    public long? TokensInput { get; init; }

    /// <summary>At least 0.</summary>
    [Id(1)]
    public long? TokensOutput { get; init; }

    /// <summary>In milliseconds, at least 0.</summary>
    [Id(2)]
    public long? LatencyMs { get; init; }

    /// <summary>At most 128 characters.</summary>
    [Id(3)]
    public string? ModelVersion { get; init; }

    /// <summary>Free.</summary>
    [Id(4)]
    public RawJsonObject? Custom { get; init; }
}

/// <summary>Body of POST /v1/reservations/{id}/release.</summary>
public sealed record ReleaseRequest
{
    /// <summary>1 to 256 characters.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>At most 256 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>Body of POST /v1/reservations/{id}/extend.</summary>
public sealed record ReservationExtendRequest
{
    /// <summary>1 to 256 characters.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>Added to the present expiry, in milliseconds, 1 to 86,400,000.</summary>
    public required int ExtendByMs { get; init; }

    /// <summary>Free; for debugging.</summary>
    public RawJsonObject? Metadata { get; init; }
}
