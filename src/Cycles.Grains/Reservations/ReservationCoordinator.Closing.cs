using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Records;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Reservations;

internal sealed partial class ReservationCoordinator
{
    /// <summary>Releases it because its tenant is closed, if it is still active; otherwise does nothing.</summary>
    public async ValueTask EndWithTenantAsync(TenantClose close) => await RunOnSlotAsync(async (reservation, hasLapsedNow) =>
    {
        if (hasLapsedNow)
        {
            return Answer(null, reservation!);
        }

        if (reservation?.Status != ReservationStatus.Active)
        {
            return await LeaveDueAsync(reservation);
        }

        var locks = await GiveBackAsync(reservation);
        var released = ReservationTransitions.EndWithTenant(reservation, locks.States, Clock.NowMs);
        return await SettleAsync(released, locks, allowedWhenClosed: true, CascadeEntries.Of(close, reservation, Clock.Now));
    });
}
