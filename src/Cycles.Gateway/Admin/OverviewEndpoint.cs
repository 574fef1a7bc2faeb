using Cycles.Contracts.Indexes;
using Cycles.Contracts.Scopes;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Overview;

namespace Cycles.Gateway.Admin;

/// <summary>GET /v1/admin/overview: what the indexes hold, in one answer.</summary>
internal sealed class OverviewEndpoint(IGrainFactory grains, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapOperation(new("getAdminOverview", "GET", "/v1/admin/overview", Access.AdminOnly), GetAsync);

    private async ValueTask GetAsync(Call call)
    {
        var tenants = grains.GetGrain<ITenantIndexGrain>(0).Summarize();
        var budgets = await grains.GetGrain<IBudgetIndexGrain>(0).Summarize();
        await call.AnswerAsync(ToOverview(await tenants, budgets), ProtocolJson.Default.AdminOverviewResponse);
    }

    private AdminOverviewResponse ToOverview(TenantSummary tenants, BudgetSummary budgets) => new()
    {
        AsOf = time.GetUtcNow(),
        TenantCounts = new TenantCounts(tenants.Total, tenants.Active, tenants.Suspended, tenants.Closed),
        BudgetCounts = new BudgetCounts(
            budgets.Total,
            budgets.Active,
            budgets.Frozen,
            budgets.Closed,
            budgets.OverLimit,
            budgets.WithDebt,
            budgets.ByUnit.ToDictionary(count => count.Key.ToWire(), count => count.Value)),
        OverLimitScopes = Array.ConvertAll(budgets.WorstOverLimit, ToOverLimit),
        DebtScopes = Array.ConvertAll(budgets.MostDebt, ToDebt),

        // There are no webhook subscriptions and no events so far: none is what there is, not what is left out.
        WebhookCounts = new WebhookCounts(0, 0, 0, 0),
        FailingWebhooks = [],
        EventCounts = new EventCounts(0, new Dictionary<string, int>()),
        RecentDenials = [],
        RecentExpiries = [],
    };

    private static OverLimitScope ToOverLimit(Budget budget) => new(
        budget.Record.Scope, budget.Record.Unit, budget.State.Allocated, budget.State.Remaining, budget.State.Debt);

    private static DebtScope ToDebt(Budget budget) =>
        new(budget.Record.Scope, budget.Record.Unit, budget.State.Debt, budget.State.OverdraftLimit);
}
