using Cycles.Contracts.Reservations;
using Cycles.Grains.Caching;
using Cycles.Grains.Store;
using Microsoft.Extensions.Options;

namespace Cycles.Grains.Reservations;

/// <summary>
/// The memory of one silo for active reservations that just now nobody asks for. They stay for the commit that usually follows within seconds; what
/// finds no room is read again then.
/// </summary>
internal sealed class IdleReservations(IOptions<StoreOptions> options)
{
    // A record without metadata with what belongs to it: texts are UTF-16 here, and the table and the coordinator take the rest.
    private const long BytesOfRecord = 4096;

    private readonly ByteBudget _room = new(options.Value.IdleBytes);

    /// <summary>About how much memory a reservation takes.</summary>
    public static long SizeOf(ReservationRecord? reservation) => BytesOfRecord + (2L * (reservation?.Metadata?.Text.Length ?? 0));

    /// <summary>Whether one more of this size may stay.</summary>
    public bool TryKeep(long bytes) => _room.TryTake(bytes);

    /// <summary>One that stayed does so no longer.</summary>
    public void Drop(long bytes) => _room.Return(bytes);
}
