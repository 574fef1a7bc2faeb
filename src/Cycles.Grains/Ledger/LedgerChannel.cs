namespace Cycles.Grains.Ledger;

/// <summary>One grain's way to its tenant's ledger: transactions that are ready together share a message.</summary>
/// <param name="ledger">The ledger.</param>
/// <remarks>Single-threaded, as the grain that has it.</remarks>
internal sealed class LedgerChannel(ILedgerGrain ledger)
{
    private List<PendingCommit> _pending = [];
    private bool _isSending;

    /// <summary>
    /// Whether a transaction may make a record that is new (<see cref="RecordStake.Opens"/>); one that may not is in conflict. Not any more once the grain is to end: its caller may ask the next
    /// one meanwhile, and must not be told that it was refused there, and have it made here afterwards. What is made already is fenced by the epoch under which the next one opens it.
    /// </summary>
    public bool MayOpen { get; set; } = true;

    /// <inheritdoc cref="ILedgerGrain.Commit"/>
    public Task<CommitOutcome> CommitAsync(LedgerTransaction transaction)
    {
        var pending = new PendingCommit(transaction);
        _pending.Add(pending);
        if (!_isSending)
        {
            _isSending = true;
            SendAsync().Ignore();
        }

        return pending.Task;
    }

    /// <summary>Never throws: each transaction gets its outcome.</summary>
    private async Task SendAsync()
    {
        // Behind all that is ready to run: other transactions that are ready now share the message.
        await Task.Yield();
        var pending = _pending;
        (_pending, _isSending) = (new(pending.Count), false);
        if (!MayOpen)
        {
            pending.ForEach(commit => commit.RefuseToOpen());
            pending = pending.FindAll(commit => !commit.Transaction.Record.GetValueOrDefault().Opens);
        }

        try
        {
            if (pending is [var only])
            {
                only.SetResult(await ledger.Commit(only.Transaction));
            }
            else if (pending.Count > 0)
            {
                var results = await ledger.CommitAll([.. pending.Select(commit => commit.Transaction)]);
                for (var i = 0; i < results.Length; i++)
                {
                    pending[i].Set(results[i]);
                }
            }
        }
        catch (Exception exception)
        {
            pending.ForEach(commit => commit.TrySetException(exception));
        }
    }

    /// <summary>An operation that waits for its outcome. It goes on at once when it has it, in the turn of its grain.</summary>
    private sealed class PendingCommit(LedgerTransaction transaction) : TaskCompletionSource<CommitOutcome>
    {
        public LedgerTransaction Transaction => transaction;

        public void RefuseToOpen()
        {
            if (transaction.Record is { Opens: true })
            {
                SetResult(CommitOutcome.Conflict);
            }
        }

        public void Set(CommitResult result)
        {
            if (result.Failure is { } failure)
            {
                SetException(failure);
            }
            else
            {
                SetResult(result.Outcome);
            }
        }
    }
}
