using Cycles.Grains.Closing;
using Cycles.Grains.Ledger;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Reservations;

internal sealed partial class ReservationCoordinator
{
    /// <summary>Releases it because its tenant is closed, if it is still active; otherwise does nothing.</summary>
    public async ValueTask EndWithTenantAsync(TenantClose close)
    {
        var wasActive = false;
        await RunAsync(async reservation =>
        {
            if (reservation.Status != ReservationStatus.Active)
            {
                return Answer(null, reservation);
            }

            wasActive = true;
            var locks = await GiveBackAsync(reservation);
            var released = ReservationTransitions.EndWithTenant(reservation, locks.States, Clock.NowMs);
            return await SettleAsync(released, locks, allowedWhenClosed: true, CascadeEntries.Of(close, reservation, Clock.Now));
        });
        if (!wasActive)
        {
            // Whatever left it in the index of what is active, it does not belong there.
            await Ledger.Commit(new LedgerTransaction { Writes = [StoreWrite.RemoveMember(host.Keys.Due, id)], AllowedWhenClosed = true });
        }
    }
}
