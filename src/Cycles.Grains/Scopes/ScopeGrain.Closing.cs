using Cycles.Contracts.Store;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;

namespace Cycles.Grains.Scopes;

internal sealed partial class ScopeGrain
{
    public ValueTask<bool> Close(TenantClose close, Unit unit) => ChangeAsync<bool>(async _ =>
    {
        if (!_budgets.TryGetValue(unit, out var budget) || budget.Record.Status == BudgetStatus.Closed)
        {
            return true;
        }

        var lockId = LockIds.Next();
        var granted = await Lock(new LockRequest(lockId, unit, LockKind.Exclusive, default));
        if (granted.Refusal != Refusal.None || !_budgets.TryGetValue(unit, out budget))
        {
            throw new StoreInDoubtException($"scope {_scope} reloads");
        }

        if (granted.State.Reserved > 0)
        {
            // What is held goes back with the reservation that holds it, and only so: given back here too, it would go back twice.
            await Complete(lockId, unit, LockOutcome.Abandoned);
            return false;
        }

        var now = clock.Now;
        var record = budget.Record;
        var closed = record with { Status = BudgetStatus.Closed, UpdatedAt = now, ClosedAt = now };
        await CommitLockedOrThrowAsync(lockId, closed, default, new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, unit, granted.Epoch, default)],
            Writes = WritesOf(closed, record),
            Audit = [CascadeEntries.Of(close, record, granted.State, now)],
            AllowedWhenClosed = true,
        });
        return true;
    });

    /// <summary>Why a change is refused: a closed tenant before anything of the budget itself (CASCADE SEMANTICS, rule 2).</summary>
    private async ValueTask<Problem?> RefuseAsync(Refusal refusal)
    {
        if (await _ledger.IsTenantClosed())
        {
            return TenantRefusals.Closed(_scope.TenantId);
        }

        return refusal == Refusal.None ? null : refusal.ToProblem(_scope);
    }
}
