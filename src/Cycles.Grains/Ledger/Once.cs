using Cycles.Grains.Store;

namespace Cycles.Grains.Ledger;

/// <summary>
/// One call of an operation without an idempotency key, however often a grain tries it: it is done once, and answered as that one time.
/// </summary>
/// <typeparam name="T">What it answers.</typeparam>
internal sealed class Once<T>
{
    private readonly string _id = Guid.NewGuid().ToString("N");
    private T? _answer;
    private bool _wasSent;

    /// <summary>The mark for the transaction that does it. What is answered then is fixed from here on.</summary>
    public StoreWrite Mark(TenantKeys keys, T answer)
    {
        (_answer, _wasSent) = (answer, true);
        return Operations.Mark(keys, _id);
    }

    /// <summary>Before another attempt: whether an earlier one, whose outcome was in doubt, did it after all.</summary>
    /// <returns>The answer of that attempt.</returns>
    public async ValueTask<(bool IsDone, T? Answer)> FindAsync(ILedgerGrain ledger) =>
        _wasSent && await ledger.IsDone(_id) ? (true, _answer) : (false, default);
}
