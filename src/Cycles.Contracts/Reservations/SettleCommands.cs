using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;

namespace Cycles.Contracts.Reservations;

/// <summary>A validated commit.</summary>
/// <param name="IdempotencyKey">1 to 256 characters.</param>
/// <param name="PayloadHash">The canonical hash of the body.</param>
/// <param name="Actual">What it really cost.</param>
/// <param name="Metrics">Measurements.</param>
/// <param name="Metadata">Free.</param>
[GenerateSerializer, Immutable, Alias("cycles.commit")]
public sealed record CommitCommand(
    [property: Id(0)] string IdempotencyKey,
    [property: Id(1)] string PayloadHash,
    [property: Id(2)] Amount Actual,
    [property: Id(3)] StandardMetrics? Metrics,
    [property: Id(4)] RawJsonObject? Metadata)
{
    /// <summary>Which attempt of its caller this is.</summary>
    [Id(5)]
    public CallAttempt Attempt { get; init; }
}

/// <summary>A validated release.</summary>
/// <param name="IdempotencyKey">1 to 256 characters.</param>
/// <param name="PayloadHash">The canonical hash of the body.</param>
/// <param name="Reason">Why.</param>
/// <param name="Origin">The caller, when it acts on the tenant's behalf and the audit log is to name it; null for the tenant itself.</param>
[GenerateSerializer, Immutable, Alias("cycles.release")]
public sealed record ReleaseCommand(
    [property: Id(0)] string IdempotencyKey,
    [property: Id(1)] string PayloadHash,
    [property: Id(2)] string? Reason,
    [property: Id(3)] Origin? Origin = null);

/// <summary>A validated extend.</summary>
/// <param name="IdempotencyKey">1 to 256 characters.</param>
/// <param name="PayloadHash">The canonical hash of the body.</param>
/// <param name="ExtendByMs">Added to the present expiry, in milliseconds.</param>
[GenerateSerializer, Immutable, Alias("cycles.extend")]
public sealed record ExtendCommand(
    [property: Id(0)] string IdempotencyKey,
    [property: Id(1)] string PayloadHash,
    [property: Id(2)] int ExtendByMs);
