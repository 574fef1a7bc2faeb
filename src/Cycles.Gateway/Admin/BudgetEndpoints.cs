using Cycles.Client;
using Cycles.Contracts;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Tenants;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Admin;

/// <summary>/v1/admin/budgets, but its list.</summary>
internal sealed class BudgetEndpoints(IGrainFactory grains)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapChange(
            new("createBudget", "POST", "/v1/admin/budgets", Access.TenantOrAdmin(Permissions.BudgetsWrite))
            {
                TakesTenantAsArgument = true,
                RecognizesItself = true,
            },
            CreateAsync);
        routes.MapChange(new("updateBudget", "PATCH", "/v1/admin/budgets", Access.AdminOnly), UpdateAsync);
        routes.MapOperation(new("lookupBudget", "GET", "/v1/admin/budgets/lookup", Access.TenantOrAdmin(Permissions.BudgetsRead)), LookUpAsync);
        routes.MapChange(
            new("fundBudget", "POST", "/v1/admin/budgets/fund", Access.TenantOrAdmin(Permissions.BudgetsWrite)) { RecognizesItself = true }, FundAsync);
        routes.MapChange(new("freezeBudget", "POST", "/v1/admin/budgets/freeze", Access.AdminOnly), call => SetStatusAsync(call, BudgetStatus.Frozen));
        routes.MapChange(new("unfreezeBudget", "POST", "/v1/admin/budgets/unfreeze", Access.AdminOnly), call => SetStatusAsync(call, BudgetStatus.Active));
    }

    private async ValueTask CreateAsync(Call call)
    {
        var (request, _) = await call.ReadAsync(ProtocolJson.Default.BudgetCreateRequest);
        var tenantId = OwnedTenants.Choose(call, request.TenantId, "tenant_id");
        if (request.Validate() is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        if (!ScopePath.TryParse(request.Scope, out var scope, out var why))
        {
            Call.Refuse(ErrorCode.InvalidRequest, why);
        }

        if (scope.TenantId != tenantId)
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"scope must begin with tenant:{tenantId}");
        }

        call.RequireWithin(scope);

        await AnswerAsync(call, await grains.Get<ITenantAdminGrain>(tenantId).CreateBudget(call.Origin, scope, request), StatusCodes.Status201Created);
    }

    private async ValueTask UpdateAsync(Call call)
    {
        var (scope, unit) = ReadTarget(call);
        var request = await call.ReadChangeAsync(ProtocolJson.Default.BudgetUpdateRequest);
        if (request.Validate(unit) is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        await AnswerAsync(call, await grains.Get<ITenantAdminGrain>(scope.TenantId).UpdateBudget(
            call.Origin, scope, unit, new BudgetChange(request.OverdraftLimit?.Value, request.CommitOveragePolicy, request.Metadata)));
    }

    /// <summary>The budget, or that there is none.</summary>
    internal static async ValueTask<BudgetReply> FindAsync(IGrainFactory grains, ScopePath scope, Unit unit)
    {
        var budget = Array.Find(await grains.Get<IScopeAdminGrain>(scope.Value).Read(), budget => budget.Record.Unit == unit);
        return new BudgetReply(
            budget,
            budget is null ? new Problem(ErrorCode.BudgetNotFound, $"Budget not found for scope {scope} and unit {unit.ToWire()}") : null);
    }

    private async ValueTask LookUpAsync(Call call)
    {
        var (scope, unit) = ReadTarget(call);
        await AnswerAsync(call, await FindAsync(grains, scope, unit));
    }

    private async ValueTask FundAsync(Call call)
    {
        var (scope, unit) = ReadTarget(call);
        var tenantId = call.Caller.TenantId ?? OwnedTenants.Choose(call, call.Query.Text("tenant_id"), "tenant_id query parameter");
        if (scope.TenantId != tenantId)
        {
            Call.Refuse(ErrorCode.Forbidden, "The scope belongs to another tenant");
        }

        var (request, hash) = await call.ReadAsync(ProtocolJson.Default.BudgetFundingRequest, request => request.IdempotencyKey);
        if (request.Validate(unit) is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        var reply = await grains.Get<IScopeAdminGrain>(scope.Value).Fund(call.Origin, new FundCommand(
            unit, request.Operation, request.Amount.Value, request.Spent?.Value ?? 0, request.IdempotencyKey, hash, request.Reason, request.Metadata));
        Result<BudgetFundingResponse> result = reply.Problem is { } problem ? problem : reply.Response!;
        await call.AnswerAsync(result, ProtocolJson.Default.BudgetFundingResponse);
    }

    private async ValueTask SetStatusAsync(Call call, BudgetStatus status)
    {
        var (scope, unit) = ReadTarget(call);
        var request = await RequestBody.ReadOptionalAsync(call.Http, ProtocolJson.Default.BudgetStatusTransitionRequest);
        if (request?.Validate() is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        await AnswerAsync(call, await grains.Get<IScopeAdminGrain>(scope.Value).SetStatus(call.Origin, unit, status, request?.Reason, request?.Metadata));
    }

    /// <summary>The budget that the query names by scope and unit; a tenant's key names only its tenant's own.</summary>
    internal static (ScopePath Scope, Unit Unit) ReadTarget(Call call)
    {
        if (!ScopePath.TryParse(call.Query.Required("scope"), out var scope, out var why))
        {
            Call.Refuse(ErrorCode.InvalidRequest, why);
        }

        if (TenantIds.IsValid(scope.TenantId))
        {
            call.Concerns(scope.TenantId);
        }

        call.Query.Required("unit");
        if (call.Caller.TenantId is { } own && own != scope.TenantId)
        {
            call.Deny("The scope belongs to another tenant");
        }

        call.RequireWithin(scope);
        if (!TenantIds.IsValid(scope.TenantId))
        {
            Call.Refuse(ErrorCode.BudgetNotFound, $"Budget not found for scope {scope}");
        }

        return (scope, call.Query.Unit()!.Value);
    }

    private static ValueTask AnswerAsync(Call call, BudgetReply reply, int status = StatusCodes.Status200OK)
    {
        Result<BudgetLedger> result = reply.Problem is { } problem ? problem : Answers.ToLedger(reply.Budget!);
        return call.AnswerAsync(result, ProtocolJson.Default.BudgetLedger, status);
    }
}
