using Cycles.Grains.Closing;
using Cycles.Grains.Ledger;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Reservations;

internal sealed partial class ReservationGrain
{
    public async ValueTask EndWithTenant(TenantClose close)
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
            var released = ReservationTransitions.EndWithTenant(reservation, locks.States, clock.NowMs);
            return await SettleAsync(released, locks, allowedWhenClosed: true, CascadeEntries.Of(close, reservation, clock.Now));
        });
        if (!wasActive)
        {
            // Whatever left it in the index of what is active, it does not belong there.
            await _ledger.Commit(new LedgerTransaction { Writes = [StoreWrite.RemoveMember(_keys.Due, Id)], AllowedWhenClosed = true });
        }
    }
}
