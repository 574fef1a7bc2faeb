using Cycles.Contracts.Calls;

namespace Cycles.Contracts.Reservations;

/// <summary>
/// Reservations of one tenant (key: <c>rsv_{tenant}_{bucket}</c>, see <see cref="ReservationBuckets"/>): of each its state machine, and the
/// coordinator of the two-phase lock over its scopes. On each one operation at a time. A reserve comes by way of the tenant's grain, which admits it.
/// </summary>
[Alias("cycles.reservation-grain"), ClientAccess(ClientAccess.Gateways)]
public interface IReservationGrain : IGrainWithStringKey
{
    /// <summary>Records the real cost.</summary>
    [Alias("commit"), AnyRoute]
    ValueTask<ReservationReply> Commit(string id, [Immutable] CommitCommand command);

    /// <summary>Gives the hold back.</summary>
    [Alias("release"), AnyRoute]
    ValueTask<ReservationReply> Release(string id, [Immutable] ReleaseCommand command);

    /// <summary>Moves the expiry.</summary>
    [Alias("extend"), AnyRoute]
    ValueTask<ReservationReply> Extend(string id, [Immutable] ExtendCommand command);

    /// <summary>The reservation as it stands.</summary>
    [Alias("get"), AnyRoute]
    ValueTask<ReservationReply> Get(string id);
}
