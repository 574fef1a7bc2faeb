using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Grains.Transactions;

/// <summary>
/// The mark of an operation that carries no idempotency key: the transaction that does it writes the mark too. A grain that tries the operation
/// again, because the outcome was in doubt, finds the mark and knows that it is done.
/// </summary>
internal static class Operations
{
    private const string Kind = "done";

    /// <summary>How long it is kept: far longer than a grain or a gateway goes on trying.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>Where the mark stands.</summary>
    public static RedisKey KeyOf(TenantKeys keys, string operationId) => keys.Reply(Kind, operationId);

    /// <summary>The mark.</summary>
    public static StoreWrite Mark(TenantKeys keys, string operationId) => StoreWrite.Set(KeyOf(keys, operationId), "1"u8.ToArray(), Kept);
}
