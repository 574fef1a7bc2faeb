using System.Text.Json;
using System.Text.Json.Nodes;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Periods;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Periods;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Json;

namespace Cycles.Grains.Scopes;

// The periods of the scope's budgets. A period ends by the store's clock. The first call for a budget after that rolls it over, under an exclusive lock for which all
// others wait. ExpiryGrain makes that call for budgets that are not in use.
internal sealed partial class ScopeGrain
{
    private const string RolloverOperation = "budget_period_rollover";

    private readonly Dictionary<Unit, Task<bool>> _rollovers = [];

    public ValueTask<BudgetReply> SetPeriod(Origin origin, Unit unit, PeriodSchedule schedule) => ReplaceAsync(unit, null, (record, state) =>
    {
        var next = PeriodRules.Schedule(record, state.Allocated, schedule, clock.Now);
        return new Replacement(next, default, AuditOfPeriod(origin, next));
    });

    public ValueTask<BudgetReply> RemovePeriod(Origin origin, Unit unit) => ReplaceAsync(unit, null, (record, _) =>
    {
        var next = PeriodRules.Unschedule(record, clock.Now);
        return new Replacement(next, default, AuditOfPeriod(origin, next));
    });

    public async ValueTask RollOver(Unit unit) => await ChangeAsync<bool>(async _ =>
    {
        var hasEnd = _budgets.TryGetValue(unit, out var budget) && budget.Record.EndsAtMs() is not null;
        if (!hasEnd || !await RolledOverAsync(unit))
        {
            // Nothing of it will ever be rolled: whatever left it in the index, it does not belong there. Under this epoch: another activation may
            // just have given it a period.
            var outcome = await CommitAsync(new LedgerTransaction
            {
                Stakes = [new ScopeStake(_scope, unit, _epoch, default)],
                Writes = [PeriodEnds.Remove(Keys, _scope, unit)],
                AllowedWhenClosed = true,
            });
            return outcome != CommitOutcome.Conflict ? true : throw new StoreInDoubtException($"scope {_scope} is stale");
        }

        return true;
    });

    /// <summary>Answers when the budget's present period is one that has not ended; at once, as a rule.</summary>
    /// <returns>False when it has, and stays so, because the tenant is closed.</returns>
    private ValueTask<bool> RolledOverAsync(Unit unit)
    {
        if (!_budgets.TryGetValue(unit, out var budget) || budget.Record.PeriodEnd is null || !budget.Record.IsPeriodOver(clock.NowMs))
        {
            return new(true);
        }

        return _rollovers.TryGetValue(unit, out var running) && !running.IsCompleted
            ? new(running)
            : new(_rollovers[unit] = RollOverAsync(unit, budget));
    }

    private async Task<bool> RollOverAsync(Unit unit, BudgetLocks budget)
    {
        // Alone: charges in flight were allowed by the numbers of the period that ends, and are its last.
        var lockId = LockIds.Next();
        _leaseTimer.Start();
        var granted = await budget.LockAsync(new LockRequest(lockId, unit, LockKind.Exclusive, default), clock.NowMs);
        var now = clock.Now;
        var record = Locked(unit).Record;
        if (!record.IsPeriodOver(now.ToUnixTimeMilliseconds()))
        {
            await Complete(lockId, unit, LockOutcome.Abandoned);
            return true;
        }

        var allocated = record.PeriodAllocated ?? granted.State.Allocated;
        var next = PeriodRules.Next(record, now, out var periods) with { PeriodAllocated = allocated };
        var delta = Rollover.Plan(granted.State, record.RolloverPolicy, allocated, periods);

        // The record moves to the next period in the transaction that rolls the numbers: there is no doing one without the other, nor twice.
        var outcome = await CommitLockedOrThrowAsync(lockId, next, delta, new LedgerTransaction
        {
            Stakes = [new ScopeStake(_scope, unit, granted.Epoch, delta)],
            Writes = WritesOf(next, record),
            DueAtMs = DueAtMs(next),
            Audit = [AuditOfRollover(next, periods, granted.State, granted.State.Apply(delta))],
        });
        if (outcome == CommitOutcome.TenantClosed)
        {
            return false;
        }

        Telemetry.Rollovers.Add(1, new KeyValuePair<string, object?>("policy", record.RolloverPolicy));
        return true;
    }

    private AuditLogEntry AuditOfPeriod(Origin origin, BudgetRecord record) => AuditEntries.Succeeded(
        origin, record.TenantId, AuditResources.Budget, record.LedgerId, clock.Now, metadata: Describe(record));

    private AuditLogEntry AuditOfRollover(BudgetRecord record, long periods, BudgetState before, BudgetState after)
    {
        var metadata = Describe(record);
        metadata["periods"] = periods;
        metadata["previous_state"] = Describe(before);
        metadata["new_state"] = Describe(after);
        return AuditEntries.Succeeded(
            Origin.System(RolloverOperation), record.TenantId, AuditResources.Budget, record.LedgerId, clock.Now, metadata: metadata);
    }

    private static JsonObject Describe(BudgetRecord record)
    {
        var described = new JsonObject
        {
            ["scope"] = record.Scope,
            ["unit"] = record.Unit.ToWire(),
            ["rollover_policy"] = JsonSerializer.SerializeToNode(record.RolloverPolicy, ProtocolJson.Default.RolloverPolicy),
        };
        if (record.Recurrence is { } recurrence)
        {
            described["recurrence"] = JsonSerializer.SerializeToNode(recurrence, ProtocolJson.Default.Recurrence);
        }

        if (record.PeriodStart is { } start)
        {
            described["period_start"] = start;
        }

        if (record.PeriodEnd is { } end)
        {
            described["period_end"] = end;
        }

        return described;
    }

    private static JsonObject Describe(BudgetState state) => new()
    {
        ["allocated"] = state.Allocated,
        ["remaining"] = state.Remaining,
        ["reserved"] = state.Reserved,
        ["spent"] = state.Spent,
        ["debt"] = state.Debt,
    };
}
