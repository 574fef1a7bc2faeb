using System.Text.Json;
using Cycles.Grains.Addressing;
using Cycles.Grains.Audit;
using Cycles.Grains.Indexes;
using Cycles.Grains.Scopes;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Bulk;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;

namespace Cycles.Grains.Bulk;

/// <summary>POST /v1/admin/budgets/bulk-action.</summary>
[GenerateSerializer, Immutable, Alias("cycles.budget-bulk-work")]
public sealed record BudgetBulkWork : IBulkWork
{
    /// <summary>The one tenant.</summary>
    [Id(0)]
    public required string TenantId { get; init; }

    /// <summary>What to do.</summary>
    [Id(1)]
    public required FundingOperation Action { get; init; }

    /// <summary>How much, in the unit that a row must have.</summary>
    [Id(2)]
    public required Amount Amount { get; init; }

    /// <summary>What RESET_SPENT sets as spent.</summary>
    [Id(3)]
    public required long Spent { get; init; }

    /// <summary>Why, for the audit log.</summary>
    [Id(4)]
    public string? Reason { get; init; }

    /// <summary>Which budgets: what the list of budgets means by it.</summary>
    [Id(5)]
    public required BudgetQuery Where { get; init; }

    string IBulkWork.ActionName => JsonSerializer.SerializeToElement(Action, ProtocolJson.Default.FundingOperation).GetString()!;

    string IBulkWork.ResourceType => AuditResources.Budget;

    async ValueTask<(Problem? Problem, BulkTarget[] Targets)> IBulkWork.SelectAsync(IGrainFactory grains)
    {
        if (await grains.Get<ITenantAdminGrain>(TenantId).Get() is null)
        {
            return (TenantProblems.NotFound(TenantId), []);
        }

        var index = grains.GetGrain<IBudgetIndexGrain>(0);
        var targets = new List<BulkTarget>();
        var query = Where with { TenantId = TenantId, SortBy = BudgetSort.Scope, Ascending = true, Limit = BulkTarget.PageSize };
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
        if (target.Unit != Amount.Unit)
        {
            return BulkRow.Failed(
                target.Id, BulkRowCodes.InvalidTransition, $"The budget is in {target.Unit!.Value.ToWire()}, the amount in {Amount.Unit.ToWire()}");
        }

        // The funding's idempotency key is this run's id: after a crash a row that is done answers what it answered.
        var reply = await grains.Get<IScopeAdminGrain>(target.Scope!).Fund(
            origin, new FundCommand(Amount.Unit, Action, Amount.Value, Spent, bulkId, bulkId, Reason, IsBulkRow: true));
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
