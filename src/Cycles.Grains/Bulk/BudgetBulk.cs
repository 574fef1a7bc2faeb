using System.Text.Json;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Bulk;
using Cycles.Contracts.Indexes;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Bulk;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;

namespace Cycles.Grains.Bulk;

/// <summary>Does a <see cref="BudgetBulkWork"/>.</summary>
internal sealed class BudgetBulk(BudgetBulkWork work) : IBulkWork
{
    string IBulkWork.ActionName => JsonSerializer.SerializeToElement(work.Action, ProtocolJson.Default.FundingOperation).GetString()!;

    string IBulkWork.ResourceType => AuditResources.Budget;

    string? IBulkWork.Reason => work.Reason;

    async ValueTask<(Problem? Problem, BulkTarget[] Targets)> IBulkWork.SelectAsync(IGrainFactory grains)
    {
        if (await grains.Get<ITenantAdminGrain>(work.TenantId).Get() is null)
        {
            return (TenantProblems.NotFound(work.TenantId), []);
        }

        var index = grains.GetGrain<IBudgetIndexGrain>(0);
        var targets = new List<BulkTarget>();
        var query = work.Where with { TenantId = work.TenantId, SortBy = BudgetSort.Scope, Ascending = true, Limit = BulkTarget.PageSize };
        do
        {
            var page = await index.Query(query);
            if (page.Problem is { } problem)
            {
                return (problem, []);
            }

            targets.AddRange(page.Budgets.Select(budget => new BulkTarget(budget.Record.LedgerId, budget.Record.Scope, budget.Record.Unit)));
            query = query with { Cursor = page.NextCursor };
        }
        while (query.Cursor is not null);
        return (null, [.. targets]);
    }

    async ValueTask<BulkRow> IBulkWork.ApplyAsync(IGrainFactory grains, Origin origin, string bulkId, BulkTarget target)
    {
        if (target.Unit != work.Amount.Unit)
        {
            return BulkRow.Failed(
                target.Id, BulkRowCodes.InvalidTransition, $"The budget is in {target.Unit!.Value.ToWire()}, the amount in {work.Amount.Unit.ToWire()}");
        }

        // The funding's idempotency key is this run's id: after a crash a row that is done answers what it answered.
        var reply = await grains.Get<IScopeAdminGrain>(target.Scope!).Fund(
            origin, new FundCommand(work.Amount.Unit, work.Action, work.Amount.Value, work.Spent, bulkId, bulkId, work.Reason, IsBulkRow: true));
        if (reply.IsNoOp)
        {
            return BulkRow.Skipped(target.Id);
        }

        return reply.Problem is { } problem ? BulkRow.Failed(target.Id, CodeOf(problem), problem.Message) : BulkRow.Succeeded(target.Id);
    }

    ValueTask<BulkRow[]> IBulkWork.SettleAsync(IGrainFactory grains, BulkRow[] rows) => new(rows);

    private static string CodeOf(Problem problem) => problem.Code is ErrorCode.BudgetFrozen or ErrorCode.BudgetClosed
        ? BulkRowCodes.InvalidTransition
        : problem.Code.ToWire();
}
