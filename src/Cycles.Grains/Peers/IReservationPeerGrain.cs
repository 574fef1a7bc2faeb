using Cycles.Contracts.Calls;
using Cycles.Contracts.Reservations;
using Cycles.Grains.Records;

namespace Cycles.Grains.Peers;

/// <summary>What other grains ask of a tenant's reservations (key: as of <see cref="IReservationGrain"/>): the admitted reserve, and the ends that no client asks for.</summary>
/// <remarks>The ports are guarded by type of grain and not by interface: a gateway may call the grain, so it may call this.</remarks>
[Alias("cycles.reservation-peer"), ClientAccess(ClientAccess.Gateways)]
internal interface IReservationPeerGrain : IGrainWithStringKey
{
    /// <summary>Makes the reservation, or answers a dry run; replays what the same key has made.</summary>
    [Alias("reserve"), AnyRoute]
    ValueTask<ReserveReply> Reserve([Immutable] ReserveCommand command, [Immutable] Admission admission);

    /// <summary>Gives the hold back if it has lapsed; otherwise does nothing.</summary>
    /// <returns>False when that is left to an operation on it that runs.</returns>
    [Alias("expire"), AnyRoute]
    ValueTask<bool> Expire(string id);

    /// <summary>Releases it because its tenant is closed, if it is still active; otherwise does nothing.</summary>
    [Alias("end-with-tenant"), AnyRoute]
    ValueTask EndWithTenant(string id, [Immutable] TenantClose close);
}
