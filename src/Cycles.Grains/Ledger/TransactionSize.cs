using Cycles.Grains.Journal;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Ledger;

/// <summary>How large a transaction is.</summary>
internal static class TransactionSize
{
    /// <summary>The bytes of its writes, keys included, and of the facts that are kept; each budget that takes part counts as <see cref="BytesOfStake"/>.</summary>
    public static long Of(LedgerTransaction transaction)
    {
        long bytes = transaction.Stakes.Length * BytesOfStake;
        foreach (var write in transaction.Writes)
        {
            bytes += write.Key.Length + write.Field.Length + write.Value.Length;
        }

        foreach (var fact in transaction.Facts)
        {
            bytes += fact is KeptFact kept ? BytesOfKept + kept.Value.Length : 0;
        }

        return bytes;
    }

    private const long BytesOfStake = 64;

    // Its field, and its share of the head and of the list of days.
    private const long BytesOfKept = 64;
}
