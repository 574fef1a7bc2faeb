using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Events;

/// <summary>Body of POST /v1/events: accounting after the fact, without a reservation.</summary>
public sealed record EventCreateRequest
{
    /// <summary>1 to 256 characters.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>Who acted.</summary>
    public required Subject Subject { get; init; }

    /// <summary>What happened.</summary>
    public required ActionInfo Action { get; init; }

    /// <summary>What it cost.</summary>
    public required Amount Actual { get; init; }

    /// <summary>Overrides the policy's, the budget's and the tenant's.</summary>
    public OveragePolicy? OveragePolicy { get; init; }

    /// <summary>Standard measurements.</summary>
    public StandardMetrics? Metrics { get; init; }

    /// <summary>Advisory, in Unix milliseconds, at least 0; never used for a decision.</summary>
    public long? ClientTimeMs { get; init; }

    /// <summary>Free.</summary>
    public RawJsonObject? Metadata { get; init; }
}

/// <summary>Answer to POST /v1/events.</summary>
public sealed record EventCreateResponse
{
    /// <summary>Always APPLIED.</summary>
    public string Status { get; init; } = "APPLIED";

    /// <summary>The id of the event.</summary>
    public required string EventId { get; init; }

    /// <summary>What was charged.</summary>
    public required Amount Charged { get; init; }

    /// <summary>The budgeted scopes after it.</summary>
    public required IReadOnlyList<Balance> Balances { get; init; }
}
