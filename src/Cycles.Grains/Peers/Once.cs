using Cycles.Contracts.Store;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Peers;

/// <summary>
/// One call of an operation without an idempotency key, however often a grain tries it: it is done once, and answered as that one time.
/// </summary>
/// <typeparam name="T">What it answers.</typeparam>
internal sealed class Once<T>
{
    private readonly string _id = Guid.NewGuid().ToString("N");
    private T? _answer;
    private bool _wasSent;

    /// <summary>
    /// Whether an attempt may have done it, and nothing has been read since that says whether it did. From then on no failure means that nothing was
    /// changed, whatever it is.
    /// </summary>
    public bool IsInDoubt { get; private set; }

    /// <summary>The mark for the transaction that does it. What is answered then is fixed from here on.</summary>
    public StoreWrite Mark(TenantKeys keys, T answer)
    {
        (_answer, _wasSent) = (answer, true);
        return Operations.Mark(keys, _id);
    }

    /// <summary>The outcome of an attempt is not known.</summary>
    public void Doubt() => IsInDoubt = true;

    /// <summary>Before an attempt, on fresh state: whether an earlier one, whose outcome was in doubt, did it after all.</summary>
    /// <returns>The answer of that attempt.</returns>
    public async ValueTask<(bool IsDone, T? Answer)> FindAsync(ILedgerGrain ledger)
    {
        var isDone = IsInDoubt && _wasSent && await ledger.IsDone(_id);
        (IsInDoubt, _wasSent) = (false, false);
        return (isDone, isDone ? _answer : default);
    }

    /// <summary>What a failure means that by itself says that nothing was changed: nothing, when an earlier attempt is still in doubt.</summary>
    public StoreInDoubtException InDoubt(StoreUnavailableException exception) => Retries.InDoubt(exception);
}
