using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

public sealed class OverviewTests(ServerFixture server)
{
    // More debt than any other test makes, so that these budgets are the worst of all.
    private const long Debt = 4_000_000_000_000_000_000;

    private Api Api => server.Api;

    [Fact]
    public async Task The_overview_counts_what_there_is_now()
    {
        // On a server of its own: other tests make, suspend and close at the same time.
        var data = Directory.CreateTempSubdirectory("cycles-overview-");
        try
        {
            using var process = await ServerProcess.StartAsync(data.FullName);
            using var api = new Api(process.Address);
            await ReadAsync(api);
            var tenant = await TestTenant.CreateAsync(api, 10);
            await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:w", 10, unit: "RISK_POINTS");
            await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:w", 10);
            (await api.PostAsync($"/v1/admin/budgets/freeze?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.OK);
            var suspended = await TestTenant.CreateAsync(api);
            (await suspended.PatchAsync("""{"status":"SUSPENDED"}""")).Expect(HttpStatusCode.OK);

            var overview = await ReadAsync(api);

            long Count(string group, string name) => (long)overview[group]![name]!;
            Assert.Equal((2, 1, 1), (Count("tenant_counts", "total"), Count("tenant_counts", "active"), Count("tenant_counts", "suspended")));
            Assert.Equal((3, 2, 1), (Count("budget_counts", "total"), Count("budget_counts", "active"), Count("budget_counts", "frozen")));
            Assert.Equal(
                [("RISK_POINTS", 1), ("TOKENS", 2)],
                overview["budget_counts"]!["by_unit"]!.AsObject().Select(unit => (unit.Key, (int)unit.Value!)).Order());
            Assert.Equal(3600, overview.Number("event_window_seconds"));
            Assert.Empty(overview["recent_denials"]!.AsArray());
            Assert.Empty(overview["failing_webhooks"]!.AsArray());
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_worst_budgets_come_first()
    {
        var scopes = new List<string>();
        for (var i = 0; i < 11; i++)
        {
            var tenant = await TestTenant.CreateAsync(
                Api, 0, $$""","overdraft_limit":{"unit":"TOKENS","amount":{{long.MaxValue}}},"commit_overage_policy":"ALLOW_WITH_OVERDRAFT" """);
            (await tenant.EventAsync("1", Debt + i, ""","overage_policy":"ALLOW_WITH_OVERDRAFT" """)).Expect(HttpStatusCode.Created);
            if (i % 2 == 0)
            {
                (await Api.SendAsync(HttpMethod.Patch, $"/v1/admin/budgets?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, """{"overdraft_limit":{"unit":"TOKENS","amount":7}}""")).Expect(HttpStatusCode.OK);
            }

            scopes.Insert(0, tenant.Root);
        }

        var overview = await ReadAsync(Api);
        var debts = overview["debt_scopes"]!.AsArray();
        var overLimit = overview["over_limit_scopes"]!.AsArray();

        Assert.Equal(scopes.Take(10), debts.Select(scope => (string)scope!["scope"]!));
        Assert.Equal(Debt + 10, (long)debts[0]!["debt"]!);
        Assert.Equal(7, (long)debts[0]!["overdraft_limit"]!);
        Assert.Equal(scopes.Where((_, i) => i % 2 == 0), overLimit.Take(6).Select(scope => (string)scope!["scope"]!));
        Assert.Equal(-(Debt + 10), (long)overLimit[0]!["remaining"]!);
        Assert.True((long)overview["budget_counts"]!["with_debt"]! >= 11);
        Assert.True((long)overview["budget_counts"]!["over_limit"]! >= 6);
    }

    [Fact]
    public async Task Only_the_admin_key_opens_the_overview()
    {
        var tenant = await TestTenant.CreateAsync(Api);

        (await Api.GetAsync("/v1/admin/overview", tenant.Key)).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    private static async Task<Answer> ReadAsync(Api api) => (await api.GetAsync("/v1/admin/overview", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
}
