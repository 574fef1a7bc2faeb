using Cycles.Grains.Ledger;
using Cycles.Grains.Placement;
using Cycles.Grains.Store;

namespace Cycles.Grains.Expiry;

/// <summary>Sweeping on demand: before a denial, so that what has lapsed causes none.</summary>
internal static class Sweeps
{
    // Two operations that each wait for the other's reservation to be swept would wait forever; this long they may.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <returns>False when nothing had lapsed, and so nothing can have changed.</returns>
    public static async ValueTask<bool> SweepAsync(IGrainFactory grains, ILedgerGrain ledger, StoreClock clock, string tenantId)
    {
        if (await ledger.NextDueMs() >= clock.NowMs)
        {
            return false;
        }

        try
        {
            await grains.Get<IExpiryGrain>(tenantId).Sweep().AsTask().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            // What it gave back so far counts.
        }

        return true;
    }
}
