using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Scopes;

/// <summary>
/// The locks that one operation holds on its scopes. Always taken root first, so that two operations never wait for each other in a circle.
/// </summary>
internal sealed class ScopeLocks(ScopeChannels channels, ScopePath[] scopes, Unit unit)
{
    private readonly ScopeChannel[] _channels = new ScopeChannel[scopes.Length];
    private readonly LockReply[] _replies = new LockReply[scopes.Length];
    private readonly BudgetDelta[] _deltas = new BudgetDelta[scopes.Length];
    private long _lockId;
    private int _held;

    /// <summary>The budgets as of this operation, root first.</summary>
    public BudgetState[] States => Array.ConvertAll(_replies, reply => reply.State);

    /// <summary>Takes all locks with one delta, or none.</summary>
    /// <returns>Why a scope refused, and which; None when all are held.</returns>
    public async ValueTask<(Refusal Refusal, ScopePath Scope)> LockAsync(LockKind kind, BudgetDelta delta)
    {
        _lockId = LockIds.Next();
        for (var i = 0; i < scopes.Length; i++)
        {
            _deltas[i] = delta;
            _channels[i] ??= channels.To(scopes[i]);
            try
            {
                _replies[i] = await _channels[i].LockAsync(new LockRequest(_lockId, unit, kind, delta));
            }
            catch (Exception)
            {
                // Nothing was sent to the ledger, so no scope need reload. Whether this one gave the lock is not known: it is asked to take it
                // back too, and to wait no longer for it.
                _held = i + 1;
                await CompleteAsync(LockOutcome.Abandoned);
                throw;
            }

            _channels[i].Note(_replies[i]);
            if (_replies[i].Refusal != Refusal.None)
            {
                await CompleteAsync(LockOutcome.Abandoned);
                return await TellAsync(_replies[i].Refusal, i, new LockRequest(_lockId, unit, kind, delta));
            }

            _held = i + 1;
        }

        return default;
    }

    /// <summary>
    /// What is told when a scope has refused: the scopes below it were not asked, and one of them may have a refusal that goes before
    /// (<see cref="PathRefusal"/>). They are only read, as nothing is to be held any more.
    /// </summary>
    private async ValueTask<(Refusal Refusal, ScopePath Scope)> TellAsync(Refusal refusal, int at, LockRequest request)
    {
        if (!PathRefusal.MayBePreceded(refusal) || request.Kind is not (LockKind.Reserve or LockKind.Charge))
        {
            return (refusal, scopes[at]);
        }

        var refusals = new Refusal[scopes.Length];
        refusals[at] = refusal;
        for (var i = at + 1; i < scopes.Length; i++)
        {
            _channels[i] ??= channels.To(scopes[i]);
            refusals[i] = Array.Find(await _channels[i].ReadAsync(), budget => budget.Record.Unit == unit) is { } budget
                ? BudgetLocks.Check(request, budget.State)
                : Refusal.NoBudget;
        }

        (refusal, at) = PathRefusal.First(refusals);
        return (refusal, scopes[at]);
    }

    /// <summary>Under exclusive locks: what was decided for each scope.</summary>
    public void Decide(BudgetDelta[] deltas) => deltas.CopyTo(_deltas, 0);

    /// <summary>The scopes' parts in the transaction.</summary>
    public ScopeStake[] ToStakes()
    {
        var stakes = new ScopeStake[scopes.Length];
        for (var i = 0; i < scopes.Length; i++)
        {
            stakes[i] = new ScopeStake(scopes[i], unit, _replies[i].Epoch, _deltas[i]);
        }

        return stakes;
    }

    /// <summary>Ends the locks that are held, after the ledger has thrown: only when nothing was written for certain do the scopes know as much as before.</summary>
    public ValueTask FailAsync(Exception exception) =>
        CompleteAsync(exception is StoreUnavailableException ? LockOutcome.Abandoned : LockOutcome.InDoubt);

    /// <summary>Ends the locks that are held.</summary>
    public async ValueTask CompleteAsync(LockOutcome outcome)
    {
        var completed = new ValueTask[_held];
        for (var i = 0; i < _held; i++)
        {
            completed[i] = _channels[i].CompleteAsync(new LockCompletion(_lockId, unit, outcome, _deltas[i]));
        }

        _held = 0;
        foreach (var task in completed)
        {
            await task;
        }
    }
}
