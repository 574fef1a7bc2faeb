using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Decisions;

/// <summary>Body of POST /v1/decide.</summary>
public sealed record DecisionRequest
{
    /// <summary>1 to 256 characters.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>Who acts.</summary>
    public required Subject Subject { get; init; }

    /// <summary>What is about to happen.</summary>
    public required ActionInfo Action { get; init; }

    /// <summary>What it may cost.</summary>
    public required Amount Estimate { get; init; }

    /// <summary>Free.</summary>
    public RawJsonObject? Metadata { get; init; }
}

/// <summary>Answer to POST /v1/decide.</summary>
public sealed record DecisionResponse
{
    /// <summary>The decision.</summary>
    public required Decision Decision { get; init; }

    /// <summary>Only with ALLOW_WITH_CAPS.</summary>
    public Caps? Caps { get; init; }

    /// <summary>Why, on DENY.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>When trying again may help, in milliseconds; only where a date is known.</summary>
    public long? RetryAfterMs { get; init; }

    /// <summary>All derived scopes, root first.</summary>
    public required IReadOnlyList<string> AffectedScopes { get; init; }
}
