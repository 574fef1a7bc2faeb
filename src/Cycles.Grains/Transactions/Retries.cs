using Cycles.Contracts.Store;

namespace Cycles.Grains.Transactions;

/// <summary>How often, and after what pause, an operation runs again on fresh state.</summary>
internal static class Retries
{
    /// <summary>The most attempts; a ledger that moves takes two.</summary>
    public const int Most = 6;

    /// <summary>
    /// For how long an operation runs again; a gateway waits no longer either. Its caller then asks again, perhaps elsewhere, and must not be told
    /// that it was refused by the one, and have it done by the other afterwards.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Waits 10, 20, 40 … ms, so that a ledger that is being replaced can be.</summary>
    /// <exception cref="StoreInDoubtException">That was the last attempt.</exception>
    public static Task PauseAsync(int attempt) => attempt < Most
        ? Task.Delay(TimeSpan.FromMilliseconds(5 << attempt))
        : throw new StoreInDoubtException($"still in conflict after {Most} attempts");

    /// <summary>What a failure means after an attempt whose outcome is not known: it no longer says that nothing was changed.</summary>
    public static StoreInDoubtException InDoubt(StoreUnavailableException exception) =>
        new("whether an earlier attempt was done is not known yet", exception);

    /// <summary>Reads, and again when the ledger that was asked has ended: the next one answers.</summary>
    public static async ValueTask<T> OnFreshStateAsync<T>(Func<ValueTask<T>> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (StoreInDoubtException) when (attempt < Most)
            {
                await PauseAsync(attempt);
            }
        }
    }
}
