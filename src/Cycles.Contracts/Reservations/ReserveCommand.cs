using Cycles.Contracts.Calls;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Contracts.Reservations;

/// <summary>A validated POST /v1/reservations.</summary>
[GenerateSerializer, Immutable, Alias("cycles.reserve")]
public sealed record ReserveCommand
{
    /// <summary>The id that derives from the tenant and the idempotency key.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>The tenant.</summary>
    [Id(1)]
    public required string TenantId { get; init; }

    /// <summary>1 to 256 characters.</summary>
    [Id(2)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The canonical hash of the body.</summary>
    [Id(3)]
    public required string PayloadHash { get; init; }

    /// <summary>Who acts.</summary>
    [Id(4)]
    public required Subject Subject { get; init; }

    /// <summary>What is about to happen.</summary>
    [Id(5)]
    public required ActionInfo Action { get; init; }

    /// <summary>The derived scopes, root first.</summary>
    [Id(6)]
    public required ScopePath[] Scopes { get; init; }

    /// <summary>What to hold, at least 0.</summary>
    [Id(7)]
    public required Amount Estimate { get; init; }

    /// <summary>What the request asks for; null for the default.</summary>
    [Id(8)]
    public int? TtlMs { get; init; }

    /// <summary>For how long after expiry a commit is still taken, in milliseconds.</summary>
    [Id(9)]
    public required int GracePeriodMs { get; init; }

    /// <summary>What the request asks for; null for what the policies say.</summary>
    [Id(10)]
    public OveragePolicy? OveragePolicy { get; init; }

    /// <summary>Whether to evaluate only.</summary>
    [Id(11)]
    public bool DryRun { get; init; }

    /// <summary>Free.</summary>
    [Id(12)]
    public RawJsonObject? Metadata { get; init; }

    /// <summary>Which attempt of its caller this is.</summary>
    [Id(13)]
    public CallAttempt Attempt { get; init; }
}
