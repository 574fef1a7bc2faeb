using Cycles.Protocol.Amounts;

namespace Cycles.Protocol.Errors;

/// <summary>A refusal that the protocol names: what a grain answers instead of throwing, and what the gateway renders.</summary>
/// <param name="Code">The protocol's code; it decides the HTTP status.</param>
/// <param name="Message">Words for the caller; never a secret or a stack trace.</param>
/// <param name="UnitMismatch">What a client needs to correct a wrong unit; only with UNIT_MISMATCH.</param>
/// <param name="Conflicts">Whether the request is well formed but clashes with the state of its target: 409 instead of the code's own status.</param>
/// <param name="Throttling">When to come again; only with LIMIT_EXCEEDED.</param>
/// <param name="IsDenial">Whether it is the caller that may not, whatever the state of the target: such a refusal goes on record.</param>
/// <param name="TotalMatched">How many match the filter of a bulk action that was refused for their number.</param>
[GenerateSerializer, Immutable, Alias("cycles.problem")]
public sealed record Problem(
    [property: Id(0)] ErrorCode Code,
    [property: Id(1)] string Message,
    [property: Id(2)] UnitMismatchDetails? UnitMismatch = null,
    [property: Id(3)] bool Conflicts = false,
    [property: Id(4)] Throttling? Throttling = null,
    [property: Id(5)] bool IsDenial = false,
    [property: Id(6)] int? TotalMatched = null);

/// <summary>The <c>details</c> of UNIT_MISMATCH (ERROR SEMANTICS).</summary>
/// <param name="Scope">The scope where the mismatch was found.</param>
/// <param name="RequestedUnit">The unit that the client asked for.</param>
/// <param name="ExpectedUnits">The units in which that scope has a budget.</param>
[GenerateSerializer, Immutable, Alias("cycles.unit-mismatch")]
public sealed record UnitMismatchDetails(
    [property: Id(0)] string Scope,
    [property: Id(1)] Unit RequestedUnit,
    [property: Id(2)] Unit[] ExpectedUnits);

/// <summary>When a request that came too soon may come again (ERROR SEMANTICS, 429).</summary>
/// <param name="RetryAfterMs">From now, in milliseconds, at least 1: it is taken then, unless others come first.</param>
/// <param name="ResetsAtMs">The same moment by the server's clock, in Unix milliseconds.</param>
[GenerateSerializer, Immutable, Alias("cycles.throttling")]
public sealed record Throttling([property: Id(0)] long RetryAfterMs, [property: Id(1)] long ResetsAtMs);
