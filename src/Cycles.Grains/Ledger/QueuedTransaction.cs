using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

/// <summary>A transaction that waits for its batch, and the caller that waits for it.</summary>
/// <param name="fence">The tenant's fence.</param>
/// <param name="token">What the fence must hold; what it is set to when <paramref name="takesFence"/>.</param>
/// <param name="incarnation">The store's life in which the ledger read what this rests on.</param>
/// <param name="keys">The tenant's keys.</param>
/// <param name="transaction">What is written.</param>
/// <param name="takesFence">Whether it sets the fence, whatever it held, instead of being conditional on it.</param>
internal sealed class QueuedTransaction(
    RedisKey fence, RedisValue token, long incarnation, TenantKeys keys, LedgerTransaction transaction, bool takesFence = false)
{
    // Callers go on elsewhere: the group commit must not run their continuations before it takes the next batch.
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RedisKey Fence => fence;

    public RedisValue Token => token;

    /// <summary>The store's life in which the ledger read what this rests on.</summary>
    public long Incarnation => incarnation;

    /// <summary>Whether it sets the fence, whatever it held.</summary>
    public bool TakesFence => takesFence;

    /// <summary>What the fence held before it was taken, once that was sent.</summary>
    public Task<RedisValue>? PreviousFence { get; set; }

    public TenantKeys Keys => keys;

    public LedgerTransaction Transaction => transaction;

    /// <summary>How large it is.</summary>
    public long Bytes { get; } = TransactionSize.Of(transaction);

    public Task<bool> Completion => _completion.Task;

    public void Complete(bool durable) => _completion.TrySetResult(durable);

    public void Fail(Exception exception) => _completion.TrySetException(exception);
}
