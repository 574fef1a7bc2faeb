using System.Text.Json;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Bulk;
using Cycles.Contracts.Indexes;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Json;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Admin;

/// <summary>POST /v1/admin/budgets/bulk-action.</summary>
internal sealed class BudgetBulkEndpoint(IGrainFactory grains)
{
    private const string OperationId = "bulkActionBudgets";

    public void Map(IEndpointRouteBuilder routes) =>

        // What a tenant could do itself, one by one, the admin does on its behalf (AUDIT LOG of the operation).
        routes.MapChange(new(OperationId, "POST", "/v1/admin/budgets/bulk-action", Access.AdminOnBehalfOf), RunAsync);

    private async ValueTask RunAsync(Call call)
    {
        var (request, hash) = await call.ReadAsync(ProtocolJson.Default.BudgetBulkActionRequest, request => request.IdempotencyKey);
        if (request.Validate() is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        var tenantId = OwnedTenants.Choose(call, request.Filter.TenantId, "filter.tenant_id");
        var reply = await grains.Get<IBulkActionGrain>(BulkCommand.GrainKey(OperationId, tenantId, request.IdempotencyKey)).Run(
            call.Origin,
            new BulkCommand
            {
                OwnerId = tenantId,
                IdempotencyKey = request.IdempotencyKey,
                PayloadHash = hash,
                ExpectedCount = request.ExpectedCount,
                Filter = new RawJsonObject(JsonSerializer.Serialize(request.Filter, ProtocolJson.Default.BudgetBulkFilter)),
                Budgets = ToWork(tenantId, request),
            });
        await BulkActions.AnswerAsync(call, request.Action, request.IdempotencyKey, reply, ProtocolJson.Default.BudgetBulkActionResponse);
    }

    private static BudgetBulkWork ToWork(string tenantId, BudgetBulkActionRequest request) => new()
    {
        TenantId = tenantId,
        Action = request.Action,
        Amount = request.Amount!.Value,
        Spent = request.Action == FundingOperation.ResetSpent ? request.Spent?.Value ?? 0 : 0,
        Reason = request.Reason,
        Where = new BudgetQuery
        {
            Status = request.Filter.Status,
            OverLimit = request.Filter.OverLimit,
            HasDebt = request.Filter.HasDebt,
            UtilizationMin = request.Filter.UtilizationMin,
            UtilizationMax = request.Filter.UtilizationMax,
            Search = BulkActions.Given(request.Filter.Search)?.Trim().ToLowerInvariant(),
            ScopePrefix = BulkActions.Given(request.Filter.ScopePrefix)?.ToLowerInvariant(),
            Unit = request.Filter.Unit,
        },
    };
}
