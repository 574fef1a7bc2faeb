using Cycles.Client;
using Cycles.Contracts;
using Cycles.Contracts.Indexes;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;

namespace Cycles.Gateway.Admin;

/// <summary>GET /v1/admin/budgets: one tenant's, or with the admin key those of all.</summary>
internal sealed class BudgetListEndpoint(IGrainFactory grains)
{
    private const int MaxLimit = 10_000;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapOperation(new("listBudgets", "GET", "/v1/admin/budgets", Access.TenantOrAdmin(Permissions.BudgetsRead)), ListAsync);

    private async ValueTask ListAsync(Call call)
    {
        var page = await grains.GetGrain<IBudgetIndexGrain>(0).Query(ReadQuery(call));
        Result<BudgetListResponse> result = page.Problem is { } problem
            ? problem
            : new BudgetListResponse
            {
                Ledgers = Array.ConvertAll(page.Budgets, Answers.ToLedger),
                NextCursor = page.NextCursor,
                HasMore = page.NextCursor is not null,
            };
        await call.AnswerPageAsync(result, ProtocolJson.Default.BudgetListResponse);
    }

    private static BudgetQuery ReadQuery(Call call)
    {
        var query = call.Query;
        var (least, most) = (query.Number("utilization_min", 0, 1), query.Number("utilization_max", 0, 1));
        if (least > most)
        {
            Call.Refuse(ErrorCode.InvalidRequest, "utilization_min must not be above utilization_max");
        }

        var prefix = query.Text("scope_prefix")?.ToLowerInvariant();
        call.RequireReach(prefix);
        return new BudgetQuery
        {
            // The tenant of an API key lists its own, whatever it asks for (AUTHORIZATION).
            TenantId = call.Caller.TenantId ?? query.Text("tenant_id"),
            ScopePrefix = prefix,
            Within = call.Caller.Within,
            Unit = query.Unit(),
            Status = query.Choice("status", ("ACTIVE", BudgetStatus.Active), ("FROZEN", BudgetStatus.Frozen), ("CLOSED", BudgetStatus.Closed)),
            OverLimit = query.Flag("over_limit"),
            HasDebt = query.Flag("has_debt"),
            UtilizationMin = least,
            UtilizationMax = most,
            Search = query.Search()?.ToLowerInvariant(),
            SortBy = query.Choice(
                "sort_by",
                ("tenant_id", BudgetSort.TenantId),
                ("scope", BudgetSort.Scope),
                ("unit", BudgetSort.Unit),
                ("status", BudgetSort.Status),
                ("commit_overage_policy", BudgetSort.CommitOveragePolicy),
                ("utilization", BudgetSort.Utilization),
                ("debt", BudgetSort.Debt)) ?? BudgetSort.Utilization,
            Ascending = query.IsAscending(),
            Limit = query.ClampedLimit(MaxLimit),
            Cursor = query.Text("cursor", QueryParameters.MaxCursorLength),
        };
    }
}
