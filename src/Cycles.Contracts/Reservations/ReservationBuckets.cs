using Cycles.Contracts.Addressing;

namespace Cycles.Contracts.Reservations;

/// <summary>Which grain coordinates a reservation.</summary>
public static class ReservationBuckets
{
    // More let one tenant's reservations use more cores; each costs a tenant with few of them an activation.
    private const int Count = 8;

    /// <summary>The grain of the reservation with that id, <c>rsv_{tenant}_{hash}</c>: one of its tenant's few, found by the hash.</summary>
    public static IReservationGrain GetReservation(this IGrainFactory grains, string id) => grains.Get<IReservationGrain>(KeyOf(id));

    /// <summary>The key of that grain.</summary>
    public static string KeyOf(string id)
    {
        var digit = char.IsAsciiDigit(id[^1]) ? id[^1] - '0' : id[^1] - 'a' + 10;
        return string.Create(id.LastIndexOf('_') + 2, (id, digit % Count), static (key, part) =>
        {
            part.id.AsSpan(0, key.Length - 1).CopyTo(key);
            key[^1] = (char)('0' + part.Item2);
        });
    }
}
