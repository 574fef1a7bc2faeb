using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Decisions;

/// <summary>The decision, or why there is none.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Evaluation">The decision.</param>
/// <param name="IsConflict">Whether the tenant must reload and ask again.</param>
[GenerateSerializer, Immutable, Alias("cycles.decide-reply")]
public readonly record struct DecideReply(
    [property: Id(0)] Problem? Problem,
    [property: Id(1)] EvaluationRecord? Evaluation,
    [property: Id(2)] bool IsConflict = false)
{
    /// <summary>The tenant must reload and ask again.</summary>
    public static readonly DecideReply Conflict = new(null, null, IsConflict: true);
}
