using Cycles.Contracts.Addressing;
using Cycles.Contracts.Reservations;

namespace Cycles.Grains.Peers;

/// <summary>Finds the grain of a reservation for what only other grains ask of it.</summary>
internal static class ReservationPeers
{
    /// <summary>The same grain as <see cref="ReservationBuckets.GetReservation"/>.</summary>
    public static IReservationPeerGrain GetReservationPeer(this IGrainFactory grains, string id) =>
        grains.Get<IReservationPeerGrain>(ReservationBuckets.KeyOf(id));
}
