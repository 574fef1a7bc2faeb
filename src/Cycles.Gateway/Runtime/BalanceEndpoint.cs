using Cycles.Client;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Tenants;
using Cycles.Gateway.Admin;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Gateway.Runtime;

/// <summary>
/// GET /v1/balances, which both planes define: with a subject parameter it has the runtime plane's shape, without one the admin plane's.
/// </summary>
internal sealed class BalanceEndpoint(IGrainFactory grains)
{
    private const int MaxRuntimeLimit = 200;
    private const int MaxAdminLimit = 100;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapOperation(new("getBalances", "GET", "/v1/balances", Access.Tenant(Permissions.BalancesRead)), ListAsync);

    private async ValueTask ListAsync(Call call)
    {
        var segments = SubjectFilters.Read(call.Query, ScopeLevel.Tenant);
        if (segments.Length > 0)
        {
            await ListBySubjectAsync(call, segments);
        }
        else if (call.Query.Text("scope_prefix") is not null || call.Query.Text("unit") is not null || call.Query.Text("tenant_id") is not null)
        {
            await ListByPrefixAsync(call);
        }
        else
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"At least one of {ScopeLevels.Known} is required, or scope_prefix or unit");
        }
    }

    private async ValueTask ListBySubjectAsync(Call call, string[] segments)
    {
        var tenantId = call.Caller.TenantId!;
        if (call.Query.Text("tenant") is { } named && named != tenantId)
        {
            call.Deny("tenant is not the tenant of the API key");
        }

        call.RequireReach(segments);
        var within = call.Caller.Within;
        call.Query.Flag("include_children");
        var page = Pages.Take(
            await new CyclesClient(grains, tenantId, within).BalancesAsync(segments),
            balance => $"{balance.ScopePath}|{balance.Remaining.Unit}",
            $"{string.Join('|', segments)}|{within}",
            call.Query.Limit(MaxRuntimeLimit),
            call.Query.Text("cursor"));
        await call.AnswerAsync(
            new BalanceResponse { Balances = page.Items, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null },
            ProtocolJson.Default.BalanceResponse);
    }

    private async ValueTask ListByPrefixAsync(Call call)
    {
        var tenantId = call.Caller.TenantId!;
        if (call.Query.Text("tenant_id") is { } named && named != tenantId)
        {
            call.Deny("tenant_id is not the tenant of the API key");
        }

        var prefix = call.Query.Text("scope_prefix")?.ToLowerInvariant();
        call.RequireReach(prefix);
        var within = call.Caller.Within;
        var unit = call.Query.Unit();
        var budgets = await grains.Get<ITenantGrain>(tenantId).ListBudgets([], prefix, unit, within);
        var page = Pages.Take(
            Array.ConvertAll(budgets, Answers.ToLedger),
            ledger => $"{ledger.Scope}|{ledger.Unit}",
            $"{prefix}|{unit}|{within}",
            call.Query.Limit(MaxAdminLimit),
            call.Query.Text("cursor"));
        await call.AnswerAsync(
            new BudgetBalanceListResponse { Balances = page.Items, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null },
            ProtocolJson.Default.BudgetBalanceListResponse);
    }
}
