using Cycles.Grains.Closing;
using Cycles.Grains.Placement;

namespace Cycles.Grains.Reservations;

/// <summary>
/// Reservations of one tenant (key: <c>rsv_{tenant}_{bucket}</c>, see <see cref="ReservationBuckets"/>): of each its state machine, and the
/// coordinator of the two-phase lock over its scopes. On each one operation at a time.
/// </summary>
[Alias("cycles.reservation-grain"), ClientAccess(ClientAccess.Gateways)]
public interface IReservationGrain : IGrainWithStringKey
{
    /// <summary>Makes the reservation, or answers a dry run; replays what the same key has made.</summary>
    [Alias("reserve"), AnyRoute]
    ValueTask<ReserveReply> Reserve([Immutable] ReserveCommand command, [Immutable] Admission.Admission admission);

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

    /// <summary>Gives the hold back if it has lapsed; otherwise does nothing.</summary>
    /// <returns>False when that is left to an operation on it that runs.</returns>
    [Alias("expire"), AnyRoute]
    ValueTask<bool> Expire(string id);

    /// <summary>Releases it because its tenant is closed, if it is still active; otherwise does nothing.</summary>
    [Alias("end-with-tenant"), AnyRoute]
    ValueTask EndWithTenant(string id, [Immutable] TenantClose close);
}
