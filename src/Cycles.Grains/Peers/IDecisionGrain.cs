using Cycles.Contracts.Decisions;

namespace Cycles.Grains.Peers;

/// <summary>One decide (key: id derived from tenant and idempotency key), so that a retry is answered as it was.</summary>
[Alias("cycles.decision-grain"), ClientAccess(ClientAccess.None)]
internal interface IDecisionGrain : IGrainWithStringKey
{
    /// <summary>Evaluates, or replays.</summary>
    [Alias("decide")]
    ValueTask<DecideReply> Decide([Immutable] DecideCommand command, [Immutable] Admission admission);
}
