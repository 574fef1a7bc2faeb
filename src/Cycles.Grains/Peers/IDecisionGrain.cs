using Cycles.Contracts.Addressing;
using Cycles.Contracts.Decisions;

namespace Cycles.Grains.Peers;

/// <summary>Decides of one tenant (key: <c>dec_{tenant}_{bucket}</c>, see <see cref="Buckets"/>), so that a retry is answered as it was.</summary>
[Alias("cycles.decision-grain"), ClientAccess(ClientAccess.None)]
internal interface IDecisionGrain : IGrainWithStringKey
{
    /// <summary>Evaluates, or replays.</summary>
    [Alias("decide")]
    ValueTask<DecideReply> Decide([Immutable] DecideCommand command, [Immutable] Admission admission);
}
