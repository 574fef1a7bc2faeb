using Cycles.Grains.Transactions;

namespace Cycles.Grains.Ledger;

/// <summary>How large a transaction is.</summary>
internal static class TransactionSize
{
    /// <summary>The bytes of its writes, keys included; each budget that takes part counts as <see cref="BytesOfStake"/>.</summary>
    public static long Of(LedgerTransaction transaction)
    {
        long bytes = transaction.Stakes.Length * BytesOfStake;
        foreach (var write in transaction.Writes)
        {
            bytes += write.Key.Length + write.Field.Length + write.Value.Length;
        }

        return bytes;
    }

    private const long BytesOfStake = 64;
}
