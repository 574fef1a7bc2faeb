using Cycles.Contracts.Store;
using Cycles.Grains.Records;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Reservations;

// What is known of the reservation, under which epoch, and how long that may be believed.
internal sealed partial class ReservationCoordinator
{
    private async ValueTask OpenAsync()
    {
        // A store that may have forgotten since, or a ledger that another one has replaced: what is remembered must not be shown, nor replayed.
        if (_isOpen && host.Ledgers.IsCurrent(host.TenantId, _term))
        {
            return;
        }

        await host.Standing.RequireMemberAsync();
        if (_isOpen && await IsTermAsync())
        {
            return;
        }

        Forget();
        if (host.Ledgers.IsNew(host.TenantId, id, out _term))
        {
            // Nothing to read, and nobody to take over from: the ledger learns of the epoch with the transaction that makes the reservation.
            (_slot, _epoch, _isRegistered, _isOpen) = (null, Random.Shared.NextInt64(FirstOwnEpoch, long.MaxValue), false, true);
            return;
        }

        var opened = await Ledger.OpenReservation(id);
        _slot = opened.Record is null ? null : GrainJson.Read(opened.Record, GrainJson.Default.ReservationSlot);
        (_epoch, _term, _isRegistered, _isOpen) = (opened.Epoch, opened.Term, true, true);
    }

    private async ValueTask<bool> IsTermAsync()
    {
        try
        {
            return await Ledger.IsTerm(_term);
        }
        catch (StoreInDoubtException)
        {
            // The ledger whose term it was has ended.
            return false;
        }
    }

    private void Forget() => (_slot, _isOpen) = (null, false);

    /// <summary>Its part in a transaction; what is not active after it never changes again.</summary>
    private RecordStake StakeOf(bool isActiveAfter) => new(id, _epoch, Opens: !_isRegistered, Closes: !isActiveAfter);

    private void Wrote(ReservationSlot slot)
    {
        _slot = slot;
        _isRegistered = IsActive;
    }
}
