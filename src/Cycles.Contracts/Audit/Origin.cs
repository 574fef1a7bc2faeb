using Cycles.Contracts.Calls;

namespace Cycles.Contracts.Audit;

/// <summary>Where a change comes from. It travels with the change through every grain, so that whatever records it can say who asked.</summary>
[GenerateSerializer, Immutable, Alias("cycles.origin")]
public sealed record Origin
{
    /// <summary>The protocol's operationId, or the name of what the system does by itself.</summary>
    [Id(0)]
    public required string Operation { get; init; }

    /// <summary>Who acts.</summary>
    [Id(1)]
    public required ActorType Actor { get; init; }

    /// <summary>The API key that was used, if one was.</summary>
    [Id(2)]
    public string? KeyId { get; init; }

    /// <summary>The caller's address.</summary>
    [Id(3)]
    public string? SourceIp { get; init; }

    /// <summary>The caller's User-Agent, at most 512 characters.</summary>
    [Id(4)]
    public string? UserAgent { get; init; }

    /// <summary>The X-Request-Id; null when no request is behind it.</summary>
    [Id(5)]
    public string? RequestId { get; init; }

    /// <summary>The trace id; null when no request is behind it.</summary>
    [Id(6)]
    public string? TraceId { get; init; }

    /// <summary>
    /// Which attempt of which call: by the call's id a change without an idempotency key recognises itself. Without an id when only one attempt is made.
    /// </summary>
    [Id(7)]
    public CallAttempt Attempt { get; init; }

    /// <summary>What the system does by itself: no request is behind it.</summary>
    public static Origin System(string operation) => new() { Operation = operation, Actor = ActorType.System };
}
