using Cycles.Contracts.Addressing;
using Cycles.Contracts.Events;

namespace Cycles.Grains.Peers;

/// <summary>Events of one tenant (key: <c>evt_{tenant}_{bucket}</c>, see <see cref="Buckets"/>): charges without a reservation, each once for its id.</summary>
[Alias("cycles.event-grain"), ClientAccess(ClientAccess.None)]
internal interface IEventGrain : IGrainWithStringKey
{
    /// <summary>Applies the event, or replays.</summary>
    [Alias("apply")]
    ValueTask<EventReply> Apply([Immutable] EventCommand command, [Immutable] Admission admission);
}
