using Cycles.Protocol.Amounts;

namespace Cycles.Protocol.Errors;

/// <summary>A refusal that the protocol names: what a grain answers instead of throwing, and what the gateway renders.</summary>
/// <param name="Code">The protocol's code; it decides the HTTP status.</param>
/// <param name="Message">Words for the caller; never a secret or a stack trace.</param>
/// <param name="UnitMismatch">What a client needs to correct a wrong unit; only with UNIT_MISMATCH.</param>
/// <param name="Conflicts">Whether the request is well formed but clashes with the state of its target: 409 instead of the code's own status.</param>
[GenerateSerializer, Immutable, Alias("cycles.problem")]
public sealed record Problem(
    [property: Id(0)] ErrorCode Code,
    [property: Id(1)] string Message,
    [property: Id(2)] UnitMismatchDetails? UnitMismatch = null,
    [property: Id(3)] bool Conflicts = false);

/// <summary>The <c>details</c> of UNIT_MISMATCH (ERROR SEMANTICS).</summary>
/// <param name="Scope">The scope where the mismatch was found.</param>
/// <param name="RequestedUnit">The unit that the client asked for.</param>
/// <param name="ExpectedUnits">The units in which that scope has a budget.</param>
[GenerateSerializer, Immutable, Alias("cycles.unit-mismatch")]
public sealed record UnitMismatchDetails(
    [property: Id(0)] string Scope,
    [property: Id(1)] Unit RequestedUnit,
    [property: Id(2)] Unit[] ExpectedUnits);
