using Cycles.Contracts.Calls;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Contracts.Events;

/// <summary>A validated POST /v1/events.</summary>
[GenerateSerializer, Immutable, Alias("cycles.event-command")]
public sealed record EventCommand
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

    /// <summary>Who acted.</summary>
    [Id(4)]
    public required Subject Subject { get; init; }

    /// <summary>What happened.</summary>
    [Id(5)]
    public required ActionInfo Action { get; init; }

    /// <summary>The derived scopes, root first.</summary>
    [Id(6)]
    public required ScopePath[] Scopes { get; init; }

    /// <summary>What it cost, at least 0.</summary>
    [Id(7)]
    public required Amount Actual { get; init; }

    /// <summary>What the request asks for; null for what the policies say.</summary>
    [Id(8)]
    public OveragePolicy? OveragePolicy { get; init; }

    /// <summary>Measurements.</summary>
    [Id(9)]
    public StandardMetrics? Metrics { get; init; }

    /// <summary>What the client's clock said, in Unix milliseconds.</summary>
    [Id(10)]
    public long? ClientTimeMs { get; init; }

    /// <summary>Free.</summary>
    [Id(11)]
    public RawJsonObject? Metadata { get; init; }

    /// <summary>Which attempt of its caller this is.</summary>
    [Id(12)]
    public CallAttempt Attempt { get; init; }
}
