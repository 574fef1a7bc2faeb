using System.Net;
using System.Text.Json.Nodes;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>The requests of an operator's dashboard that others wrote, as it sends them: with the admin key alone, and wide limits.</summary>
public sealed class DashboardShapesTests(ServerFixture server)
{
    private static readonly (string, string)[] AsABrowser = [("Accept", "*/*"), ("Sec-Fetch-Mode", "cors")];

    private Api Api => server.Api;

    [Theory]
    [InlineData("/v1/admin/overview", "as_of")]
    [InlineData("/v1/admin/api-keys", "keys")]
    [InlineData("/v1/admin/api-keys?limit=2000", "keys")]
    [InlineData("/v1/admin/budgets?utilization_min=0.9&limit=2000", "ledgers")]
    [InlineData("/v1/admin/budgets?status=FROZEN&limit=2000", "ledgers")]
    [InlineData("/v1/admin/budgets?has_debt=true&limit=2000", "ledgers")]
    [InlineData("/v1/admin/budgets?over_limit=true&limit=100", "ledgers")]
    [InlineData("/v1/admin/budgets?sort_by=utilization&sort_dir=desc&utilization_min=0&utilization_max=1", "ledgers")]
    [InlineData("/v1/admin/audit/logs?limit=10", "logs")]
    [InlineData("/v1/admin/tenants", "tenants")]
    [InlineData("/v1/admin/tenants?status=CLOSED&limit=1000", "tenants")]
    [InlineData("/v1/admin/tenants?limit=100&sort_by=created_at&sort_dir=desc", "tenants")]
    public async Task The_start_page_is_answered(string path, string member)
    {
        var answer = (await Api.GetAsync(path, ServerProcess.AdminKey, AsABrowser)).Expect(HttpStatusCode.OK);

        Assert.NotNull(answer[member]);
    }

    [Fact]
    public async Task One_page_of_the_start_page_holds_more_than_a_hundred_budgets()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        for (var i = 0; i < 110; i++)
        {
            await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a{i}", 1);
        }

        var page = (await Api.GetAsync($"/v1/admin/budgets?search={tenant.Id}&limit=2000", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);

        // Its donuts count one page: a limit that was cut to 100 would make them lie.
        Assert.Equal(110, page["ledgers"]!.AsArray().Count);
        Assert.False((bool)page["has_more"]!);
    }

    [Fact]
    public async Task A_tenants_page_is_answered()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await Api.GetAsync($"/v1/admin/tenants/{tenant.Id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        Assert.Empty((await Api.GetAsync($"/v1/admin/tenants?parent_tenant_id={tenant.Id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["tenants"]!.AsArray());
        Assert.Single((await Api.GetAsync($"/v1/admin/budgets?tenant_id={tenant.Id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["ledgers"]!.AsArray());
        Assert.Single((await Api.GetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["keys"]!.AsArray());
        Assert.Empty((await Api.GetAsync($"/v1/admin/policies?tenant_id={tenant.Id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["policies"]!.AsArray());
    }

    [Fact]
    public async Task What_the_dashboard_changes_shows_in_its_next_list()
    {
        var id = $"d-{Guid.NewGuid():N}"[..20];
        (await Api.PostAsync("/v1/admin/tenants", ServerProcess.AdminKey, $$"""{"tenant_id":"{{id}}","name":"Dashboard"}""")).Expect(HttpStatusCode.Created);
        Assert.Single(await ItemsAsync($"/v1/admin/tenants?search={id}", "tenants"));

        var scope = $"tenant:{id}";
        (await Api.PostAsync(
            "/v1/admin/budgets",
            ServerProcess.AdminKey,
            $$$"""{"tenant_id":"{{{id}}}","scope":"{{{scope}}}","unit":"USD_MICROCENTS","allocated":{"unit":"USD_MICROCENTS","amount":100}}""")).Expect(HttpStatusCode.Created);
        (await Api.PostAsync(
            $"/v1/admin/budgets/fund?scope={Uri.EscapeDataString(scope)}&unit=USD_MICROCENTS&tenant_id={id}",
            ServerProcess.AdminKey,
            $$$"""{"operation":"RESET_SPENT","amount":{"unit":"USD_MICROCENTS","amount":100},"spent":{"unit":"USD_MICROCENTS","amount":95},"idempotency_key":"dashboard-{{{id}}}","reason":"RESET_SPENT via admin dashboard"}""")).Expect(HttpStatusCode.OK);
        Assert.Single(await ItemsAsync($"/v1/admin/budgets?utilization_min=0.9&search={id}&limit=2000", "ledgers"));

        (await Api.PostAsync(
            $"/v1/admin/budgets/freeze?scope={Uri.EscapeDataString(scope)}&unit=USD_MICROCENTS",
            ServerProcess.AdminKey,
            """{"reason":"Frozen via admin dashboard"}""")).Expect(HttpStatusCode.OK);
        Assert.Single(await ItemsAsync($"/v1/admin/budgets?status=FROZEN&search={id}", "ledgers"));
        (await Api.PostAsync(
            $"/v1/admin/budgets/unfreeze?scope={Uri.EscapeDataString(scope)}&unit=USD_MICROCENTS",
            ServerProcess.AdminKey,
            """{"reason":"Unfrozen via admin dashboard"}""")).Expect(HttpStatusCode.OK);
        Assert.Empty(await ItemsAsync($"/v1/admin/budgets?status=FROZEN&search={id}", "ledgers"));

        (await Api.PostAsync("/v1/admin/api-keys", ServerProcess.AdminKey, $$"""{"tenant_id":"{{id}}","name":"Key of {{id}}"}""")).Expect(HttpStatusCode.Created);
        var key = Assert.Single(await ItemsAsync($"/v1/admin/api-keys?search={id}", "keys"))!;
        (await Api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{key["key_id"]}?reason=Revoked%20via%20admin%20dashboard", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        Assert.Equal("REVOKED", (string)Assert.Single(await ItemsAsync($"/v1/admin/api-keys?search={id}", "keys"))!["status"]!);

        (await Api.SendAsync(HttpMethod.Patch, $"/v1/admin/tenants/{id}", ServerProcess.AdminKey, """{"status":"SUSPENDED"}""")).Expect(HttpStatusCode.OK);
        Assert.Single(await ItemsAsync($"/v1/admin/tenants?status=SUSPENDED&search={id}", "tenants"));
        (await Api.SendAsync(HttpMethod.Patch, $"/v1/admin/tenants/{id}", ServerProcess.AdminKey, """{"status":"CLOSED"}""")).Expect(HttpStatusCode.OK);
        Assert.Single(await ItemsAsync($"/v1/admin/tenants?status=CLOSED&limit=1000&search={id}", "tenants"));
    }

    [Fact]
    public async Task A_tenants_reservations_are_answered_and_released()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10);

        Assert.Single(await ItemsAsync($"/v1/reservations?tenant={tenant.Id}&status=ACTIVE&sort_by=created_at_ms&sort_dir=desc&limit=50", "reservations"));
        (await Api.PostAsync(
            $"/v1/reservations/{id}/release",
            ServerProcess.AdminKey,
            $$"""{"idempotency_key":"dashboard-{{id}}","reason":"Released via admin dashboard"}""")).Expect(HttpStatusCode.OK);
        Assert.Empty(await ItemsAsync($"/v1/reservations?tenant={tenant.Id}&status=ACTIVE", "reservations"));
    }

    private async Task<JsonArray> ItemsAsync(string path, string member) =>
        (await Api.GetAsync(path, ServerProcess.AdminKey, AsABrowser)).Expect(HttpStatusCode.OK)[member]!.AsArray();
}
