using Orleans.Concurrency;

namespace Cycles.Grains.Peers;

/// <summary>
/// Makes one tenant's reservations lapse and its budgets' periods end on time (key: tenant id): a timer for precision, a reminder as the
/// guarantee after a crash.
/// </summary>
[Alias("cycles.expiry"), ClientAccess(ClientAccess.None)]
internal interface IExpiryGrain : IGrainWithStringKey
{
    /// <summary>Makes sure that the reminder is registered: from then on what lapses is swept, whatever crashes.</summary>
    [Alias("arm")]
    ValueTask Arm();

    /// <summary>Sweeps at that moment (Unix milliseconds), or earlier.</summary>
    [Alias("wake-at"), OneWay]
    ValueTask WakeAt(long dueAtMs);

    /// <summary>Gives back the holds of everything that has lapsed by now, and rolls every budget whose period has ended.</summary>
    /// <returns>Whether all of it could be.</returns>
    [Alias("sweep")]
    ValueTask<bool> Sweep();
}
