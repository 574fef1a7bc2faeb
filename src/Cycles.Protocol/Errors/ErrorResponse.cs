namespace Cycles.Protocol.Errors;

/// <summary>The body of every failure (schema <c>ErrorResponse</c>).</summary>
public sealed record ErrorResponse
{
    /// <summary>The code.</summary>
    public required ErrorCode Error { get; init; }

    /// <summary>Words for people.</summary>
    public required string Message { get; init; }

    /// <summary>The request's id, the same as in X-Request-Id.</summary>
    public required string RequestId { get; init; }

    /// <summary>The trace, 32 lower-case hex digits, the same as in X-Cycles-Trace-Id.</summary>
    public required string TraceId { get; init; }

    /// <summary>What the code's section says belongs here.</summary>
    public ErrorDetails? Details { get; init; }
}
