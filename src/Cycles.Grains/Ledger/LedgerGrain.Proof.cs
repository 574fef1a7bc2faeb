using Cycles.Grains.Store;
using Cycles.Protocol.Scopes;

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

    /// <summary>
    /// Makes sure that this activation still holds the tenant's fence. Epochs are compared in memory, and a cluster in trouble may have activated
    /// the ledger twice: grains that talk to different ones would stay in conflict, each told by its own that it is right.
    /// </summary>
    /// <exception cref="StoreInDoubtException">It does not, or the store is another; the activation ends.</exception>
    private async Task ProveAsync()
    {
        await store.RecognizeAsync();
        if (_isInDoubt || _memory.Incarnation != store.Incarnation || await store.Database.StringGetAsync(_keys.Fence) != _token)
        {
            EndActivation();
            throw new StoreInDoubtException("the ledger reloads");
        }
    }

    /// <summary>
    /// Before a conflict is answered: whether it is this ledger that is the wrong one. Those who are in conflict at the same time share the question.
    /// Never throws: a conflict is the answer all the same.
    /// </summary>
    private Task ProveOrEndAsync() => _proving ??= ProveOnceAsync();

    private async Task ProveOnceAsync()
    {
        // The field must be set before this can end.
        await Task.Yield();
        try
        {
            await ProveAsync();
        }
        catch (Exception exception)
        {
            LogNotProven(logger, TenantId, exception.Message);
        }
        finally
        {
            _proving = null;
        }
    }
}
