using Cycles.Client;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Grains.Cluster;
using Cycles.Grains.Placement;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;

namespace Cycles.Gateway.Admin;

/// <summary>GET /v1/admin/budgets.</summary>
internal sealed class BudgetListEndpoint(IGrainFactory grains)
{
    private const int MaxLimit = 10_000;
    private const int MaxSearchLength = 128;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapOperation(new("listBudgets", "GET", "/v1/admin/budgets", Access.TenantOrAdmin(Permissions.BudgetsRead)), ListAsync);

    private async ValueTask ListAsync(Call call)
    {
        var query = call.Query;
        var filter = Filter.Read(query);
        var tenantId = call.Caller.TenantId ?? query.Text("tenant_id");
        var prefix = query.Text("scope_prefix")?.ToLowerInvariant();
        var unit = query.Unit();
        var sort = query.OneOf("sort_by", "tenant_id", "scope", "unit", "status", "commit_overage_policy", "utilization", "debt");
        var ledgers = (await ReadAsync(tenantId, prefix, unit)).Where(filter.Matches);
        var page = Pages.Take(
            Sorting.Order(ledgers, ledger => SortKey(ledger, sort), ledger => $"{ledger.Scope}|{ledger.Unit}", query.IsAscending()),
            ledger => ledger.LedgerId,
            $"{filter}|{tenantId}|{prefix}|{unit}|{sort}|{query.IsAscending()}",
            query.ClampedLimit(MaxLimit),
            query.Text("cursor"));
        await call.AnswerAsync(
            new BudgetListResponse { Ledgers = page.Items, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null },
            ProtocolJson.Default.BudgetListResponse);
    }

    private async ValueTask<IEnumerable<BudgetLedger>> ReadAsync(string? tenantId, string? prefix, Unit? unit)
    {
        string[] tenantIds;
        if (tenantId is null)
        {
            tenantIds = [.. (await grains.GetGrain<IClusterGrain>(0).ListTenants()).Select(tenant => tenant.TenantId)];
        }
        else
        {
            tenantIds = TenantIds.IsValid(tenantId) ? [tenantId] : [];
        }

        var budgets = await Task.WhenAll(tenantIds.Select(id => grains.Get<ITenantGrain>(id).ListBudgets([], prefix, unit).AsTask()));
        return budgets.SelectMany(some => some).Select(Answers.ToLedger);
    }

    private static IComparable SortKey(BudgetLedger ledger, string? sort) => sort switch
    {
        "tenant_id" => ledger.TenantId,
        "scope" => ledger.Scope,
        "unit" => ledger.Unit.ToWire(),
        "status" => (int)ledger.Status,
        "commit_overage_policy" => (int?)ledger.CommitOveragePolicy ?? -1,
        "debt" => ledger.Debt.Value,
        _ => Utilization(ledger),
    };

    private static double Utilization(BudgetLedger ledger) =>
        ledger.Allocated.Value == 0 ? 0 : (double)ledger.Spent.Value / ledger.Allocated.Value;

    private sealed record Filter(
        BudgetStatus? Status, bool? OverLimit, bool? HasDebt, double? UtilizationMin, double? UtilizationMax, string? Search)
    {
        public static Filter Read(QueryParameters query) => new(
            query.Choice("status", ("ACTIVE", BudgetStatus.Active), ("FROZEN", BudgetStatus.Frozen), ("CLOSED", BudgetStatus.Closed)),
            query.Flag("over_limit"),
            query.Flag("has_debt"),
            query.Number("utilization_min", 0, 1),
            query.Number("utilization_max", 0, 1),
            query.Text("search", MaxSearchLength)?.Trim());

        public bool Matches(BudgetLedger ledger) =>
            (Status is null || ledger.Status == Status)
            && (OverLimit is null || ledger.IsOverLimit == OverLimit)
            && (HasDebt is null || ledger.Debt.Value > 0 == HasDebt)
            && !(Utilization(ledger) < UtilizationMin)
            && !(Utilization(ledger) > UtilizationMax)
            && (Search is null
                || ledger.TenantId.Contains(Search, StringComparison.OrdinalIgnoreCase)
                || ledger.Scope.Contains(Search, StringComparison.OrdinalIgnoreCase));
    }
}
