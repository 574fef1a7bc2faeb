using Cycles.Protocol.Amounts;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Decisions;

/// <summary>One decide (key: id derived from tenant and idempotency key), so that a retry is answered as it was.</summary>
[Alias("cycles.decision-grain"), ClientAccess(ClientAccess.None)]
public interface IDecisionGrain : IGrainWithStringKey
{
    /// <summary>Evaluates, or replays.</summary>
    [Alias("decide")]
    ValueTask<DecideReply> Decide([Immutable] DecideCommand command, [Immutable] Admission.Admission admission);
}

/// <summary>A validated POST /v1/decide.</summary>
/// <param name="Id">The id that derives from the tenant and the idempotency key.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="PayloadHash">The canonical hash of the body.</param>
/// <param name="Scopes">The derived scopes, root first.</param>
/// <param name="Estimate">What the action may cost.</param>
[GenerateSerializer, Immutable, Alias("cycles.decide")]
public sealed record DecideCommand(
    [property: Id(0)] string Id,
    [property: Id(1)] string TenantId,
    [property: Id(2)] string PayloadHash,
    [property: Id(3)] ScopePath[] Scopes,
    [property: Id(4)] Amount Estimate);

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
    internal static readonly DecideReply Conflict = new(null, null, IsConflict: true);
}
