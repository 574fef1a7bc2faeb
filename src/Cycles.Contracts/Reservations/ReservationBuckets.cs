using Cycles.Contracts.Addressing;

namespace Cycles.Contracts.Reservations;

/// <summary>Which grain coordinates a reservation.</summary>
public static class ReservationBuckets
{
    /// <summary>The grain of the reservation with that id, <c>rsv_{tenant}_{hash}</c>.</summary>
    public static IReservationGrain GetReservation(this IGrainFactory grains, string id) => grains.Get<IReservationGrain>(Buckets.KeyOf(id));
}
