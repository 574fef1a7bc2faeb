using System.Diagnostics;
using Cycles.Grains.Store;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Logging;

namespace Cycles.Grains.Ledger;

// Whether this activation is the tenant's ledger at all.
internal sealed partial class LedgerGrain
{
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
        await standing.RequireMemberAsync();
        var began = Stopwatch.GetTimestamp();
        var taken = await groupCommit.TakeFenceAsync(_keys.Fence, _token, _memory.Incarnation, _keys);
        if (!taken.IsTaken)
        {
            throw new StoreInDoubtException("the store was restarted or replaced; the ledger reads it anew");
        }

        _memory.Proven(began);
        return taken;
    }

    /// <summary>Waits until nobody answers any more who held the fence before: it may not know yet that it has lost it.</summary>
    private Task KeepSilentAsync(FenceTaken taken, CancellationToken cancellationToken)
    {
        var silence = lease.SilenceAfter(taken.Previous, taken.At);
        return silence > TimeSpan.Zero ? Task.Delay(silence, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Gives the fence back, so that the next ledger need not wait. Never throws, and does not wait for long.</summary>
    private async Task GiveFenceBackAsync()
    {
        try
        {
            var given = new LedgerTransaction { Writes = [StoreWrite.Set(_keys.Fence, (byte[])LedgerLease.GivenBack!)] };
            await groupCommit.CommitAsync(_keys.Fence, _token, _memory.Incarnation, _keys, given).WaitAsync(LedgerLease.Duration);
        }
        catch (Exception exception)
        {
            LogNotGivenBack(logger, TenantId, exception.Message);
        }
    }

    [LoggerMessage(
        EventId = 1204, Level = LogLevel.Debug, Message = "The ledger of tenant {TenantId} could not show after a conflict that it holds its fence: {Problem}")]
    private static partial void LogNotProven(ILogger logger, string tenantId, string problem);

    [LoggerMessage(
        EventId = 1205, Level = LogLevel.Debug, Message = "The ledger of tenant {TenantId} ends without giving its fence back; the next one waits a moment: {Problem}")]
    private static partial void LogNotGivenBack(ILogger logger, string tenantId, string problem);
}
