using Cycles.Grains.Scheduling;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Peers;

/// <summary>
/// Operations that are done once for each id, which derives from their idempotency key: those of one id run one after the other. The first is done and put on record;
/// the others are answered from the record. For use within one grain, a bucket of ids.
/// </summary>
/// <remarks>Another activation of the grain may run an operation of the same id at the same time: the epoch under which each opens the record lets one of them commit.</remarks>
internal sealed class OncePerId
{
    private readonly Dictionary<string, Turns> _present = [];

    /// <summary>Runs an operation.</summary>
    /// <param name="ledger">The tenant's ledger.</param>
    /// <param name="id">The id.</param>
    /// <param name="open">Opens the record of the id at the ledger.</param>
    /// <param name="replay">Answers from the record.</param>
    /// <param name="run">Does it, under that stake of the record, and puts it on record.</param>
    public async ValueTask<T> RunAsync<T>(
        ILedgerGrain ledger, string id, Func<ValueTask<OpenedRecord>> open, Func<byte[], T> replay, Func<RecordStake, ValueTask<T>> run)
    {
        if (!_present.TryGetValue(id, out var turns))
        {
            _present.Add(id, turns = new Turns());
        }

        using var turn = await turns.TakeAsync();
        try
        {
            var opened = await open();
            try
            {
                return opened.Record is { } record ? replay(record) : await run(new RecordStake(id, opened.Epoch));
            }
            finally
            {
                await ledger.CloseRecord(id, opened.Epoch);
            }
        }
        finally
        {
            if (!turns.OthersWait)
            {
                _present.Remove(id);
            }
        }
    }
}
