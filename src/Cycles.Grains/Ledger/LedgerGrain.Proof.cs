using System.Diagnostics;
using Cycles.Contracts.Store;
using Cycles.Grains.Boards;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Cycles.Grains.Ledger;

// Whether this activation is the tenant's ledger at all.
internal sealed partial class LedgerGrain
{
    private static readonly TimeSpan LookForEnd = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan EndedFor = TimeSpan.FromSeconds(5);

    public async ValueTask<bool> IsCurrent(ScopePath scope, long epoch)
    {
        await ProveAsync();
        return _scopeEpochs.GetValueOrDefault(scope) == epoch;
    }

    public async ValueTask<bool> IsTenantCurrent(long epoch)
    {
        await ProveAsync();
        return _tenantEpoch == epoch;
    }

    public async ValueTask<bool> IsTerm(long term)
    {
        await ProveAsync();
        return _memory.Term == term;
    }

    /// <summary>
    /// Makes sure that this activation still holds the tenant's fence. Epochs are compared in memory, and a cluster in trouble may have activated
    /// the ledger twice: grains that talk to different ones would stay in conflict, each told by its own that it is right. Those who need it at the
    /// same time share the question.
    /// </summary>
    /// <exception cref="StoreInDoubtException">It does not, or the store is another; the activation ends.</exception>
    private Task ProveAsync() => _proofs.AfterNowAsync();

    /// <summary>The same for what rests on memory: a proof that the lease still covers is enough.</summary>
    private ValueTask ProvenAsync() => _memory.IsProven ? default : new(ProveAsync());

    private async Task ProveOnceAsync()
    {
        var began = Stopwatch.GetTimestamp();
        await store.RecognizeAsync();
        if (_isInDoubt || _memory.Incarnation != store.Incarnation || await store.Database.StringGetAsync(_keys.Fence) != _token)
        {
            EndActivation();
            throw new StoreInDoubtException("the ledger reloads");
        }

        _memory.Proven(began);
    }

    /// <summary>
    /// Before a conflict is answered: whether it is this ledger that is the wrong one. Never throws: a conflict is the answer all the same.
    /// </summary>
    private async Task ProveOrEndAsync()
    {
        try
        {
            await ProveAsync();
        }
        catch (Exception exception)
        {
            LogNotProven(logger, TenantId, exception.Message);
        }
    }

    /// <summary>Takes the tenant's fence, and says what it held before.</summary>
    private async Task<FenceTaken> TakeFenceAsync()
    {
        await standing.LookAsync();
        var began = Stopwatch.GetTimestamp();
        var taken = await groupCommit.TakeFenceAsync(_keys.Fence, _token, _memory.Incarnation, _keys);
        if (!taken.IsTaken)
        {
            throw new StoreInDoubtException("the store was restarted or replaced; the ledger reads it anew");
        }

        _memory.Proven(began);
        return taken;
    }

    /// <summary>
    /// Waits until nobody answers any more who held the fence before: it may not know yet that it has lost it. Not so long when that one says that it
    /// has ended.
    /// </summary>
    private async Task KeepSilentAsync(FenceTaken taken, CancellationToken cancellationToken)
    {
        while (lease.SilenceAfter(taken.Previous, taken.At) is var silence && silence > TimeSpan.Zero
            && !await store.Database.KeyExistsAsync(_keys.LedgerEnded(taken.Previous)))
        {
            await Task.Delay(silence < LookForEnd ? silence : LookForEnd, cancellationToken);
        }
    }

    /// <summary>
    /// Gives the fence back, so that the next ledger need not wait, and says that this one has ended, as the next may be faster than that. Nothing is
    /// waited for: what is asked of this ledger meanwhile finds nobody.
    /// </summary>
    private void GiveFenceBack()
    {
        store.Commits.StringSetAsync(_keys.LedgerEnded(_token), 1, EndedFor, flags: CommandFlags.FireAndForget).Ignore();
        var given = new LedgerTransaction { Writes = [StoreWrite.Set(_keys.Fence, (byte[])LedgerLease.GivenBack!)] };
        groupCommit.CommitAsync(_keys.Fence, _token, _memory.Incarnation, _keys, given).Ignore();
    }

    [LoggerMessage(
        EventId = 1204, Level = LogLevel.Debug, Message = "The ledger of tenant {TenantId} could not show after a conflict that it holds its fence: {Problem}")]
    private static partial void LogNotProven(ILogger logger, string tenantId, string problem);
}
