using Cycles.Contracts.Events;

namespace Cycles.Grains.Peers;

/// <summary>One event (key: its id): a charge without a reservation.</summary>
[Alias("cycles.event-grain"), ClientAccess(ClientAccess.None)]
internal interface IEventGrain : IGrainWithStringKey
{
    /// <summary>Applies the event, or replays.</summary>
    [Alias("apply")]
    ValueTask<EventReply> Apply([Immutable] EventCommand command, [Immutable] Admission admission);
}
