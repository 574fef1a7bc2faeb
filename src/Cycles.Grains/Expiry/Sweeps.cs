using Cycles.Contracts.Addressing;
using Cycles.Contracts.Store;
using Cycles.Grains.Peers;
using Cycles.Grains.Store;
using Cycles.Grains.Waits;

namespace Cycles.Grains.Expiry;

/// <summary>Sweeping on demand: before a denial, so that what has lapsed causes none.</summary>
internal static class Sweeps
{
    private const string Unfinished = "reservations that have expired could not be given back yet";

    // A sweep of very many takes longer, and so does one on a store that does not answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Gives back everything that has lapsed by now.</summary>
    /// <returns>False when nothing had lapsed, and so nothing can have changed.</returns>
    /// <exception cref="StoreUnavailableException">Something that has lapsed still holds budget: what that would deny is not decided yet.</exception>
    public static async ValueTask<bool> SweepAsync(IGrainFactory grains, ILedgerGrain ledger, StoreClock clock, string tenantId)
    {
        if (await ledger.NextDueMs() >= clock.NowMs)
        {
            return false;
        }

        return await grains.Get<IExpiryGrain>(tenantId).Sweep().WithinAsync(Patience, Unfinished)
            ? true
            : throw new StoreUnavailableException(Unfinished);
    }

    /// <summary>The same for what is only shown, as far as it is possible now.</summary>
    public static async ValueTask TrySweepAsync(IGrainFactory grains, ILedgerGrain ledger, StoreClock clock, string tenantId)
    {
        try
        {
            await SweepAsync(grains, ledger, clock, tenantId);
        }
        catch (StoreUnavailableException)
        {
            // The reservations that could not be given back are shown as they are: still holding budget.
        }
    }
}
