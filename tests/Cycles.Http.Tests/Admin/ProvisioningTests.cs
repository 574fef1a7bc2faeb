using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

public sealed class ProvisioningTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task Creating_a_tenant_again_answers_what_there_is()
    {
        var tenant = await TestTenant.CreateAsync(Api);

        (await CreateAsync(tenant.Id, "Test")).Expect(HttpStatusCode.OK);
        (await CreateAsync(tenant.Id, "Other")).Expect(HttpStatusCode.Conflict, "DUPLICATE_RESOURCE");
        (await CreateAsync("No Tenant", "Test")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.GetAsync("/v1/admin/tenants/no-such-tenant", ServerProcess.AdminKey)).Expect(HttpStatusCode.NotFound, "TENANT_NOT_FOUND");
    }

    [Theory]
    [InlineData("name")]
    [InlineData("status")]
    [InlineData("metadata")]
    [InlineData("max_reservation_ttl_ms")]
    public async Task A_change_of_a_tenant_takes_no_null(string member)
    {
        var tenant = await TestTenant.CreateAsync(Api, ",\"metadata\":{\"a\":\"b\"}");
        var before = (await Api.GetAsync($"/v1/admin/tenants/{tenant.Id}", ServerProcess.AdminKey)).Body.ToJsonString();

        var answer = (await tenant.PatchAsync($$"""{"default_reservation_ttl_ms":5000,"{{member}}":null}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        Assert.Contains($"{member} must not be null", answer.Text("message"));
        Assert.Equal(before, (await Api.GetAsync($"/v1/admin/tenants/{tenant.Id}", ServerProcess.AdminKey)).Body.ToJsonString());
    }

    [Fact]
    public async Task A_change_of_a_budget_takes_no_null()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100, ""","overdraft_limit":{"unit":"TOKENS","amount":7}""");

        var answer = (await Api.SendAsync(
            HttpMethod.Patch, $"/v1/admin/budgets?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, """{"overdraft_limit":null,"metadata":{"a":1}}"""))
            .Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        Assert.Contains("overdraft_limit must not be null", answer.Text("message"));
        Assert.Equal(7, await tenant.AmountAsync("overdraft_limit"));
    }

    [Fact]
    public async Task Tenants_are_listed_by_filter_sort_and_page()
    {
        var mark = $"m{Guid.NewGuid():N}"[..12];
        foreach (var letter in "abc")
        {
            (await CreateAsync($"{mark}-{letter}", $"Tenant {letter}")).Expect(HttpStatusCode.Created);
        }

        var first = (await Api.GetAsync($"/v1/admin/tenants?search={mark}&sort_by=name&sort_dir=asc&limit=2", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        var second = await Api.GetAsync($"/v1/admin/tenants?search={mark}&sort_by=name&sort_dir=asc&limit=2&cursor={first.Text("next_cursor")}", ServerProcess.AdminKey);

        Assert.Equal([$"{mark}-a", $"{mark}-b"], first["tenants"]!.AsArray().Select(tenant => (string)tenant!["tenant_id"]!));
        Assert.Equal([$"{mark}-c"], second["tenants"]!.AsArray().Select(tenant => (string)tenant!["tenant_id"]!));
        (await Api.GetAsync($"/v1/admin/tenants?search={mark}&sort_by=status&cursor={first.Text("next_cursor")}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Fact]
    public async Task A_secret_is_shown_once()
    {
        var tenant = await TestTenant.CreateAsync(Api);

        var listed = await Api.GetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}", ServerProcess.AdminKey);

        Assert.StartsWith("cyc_live_", tenant.Key);
        Assert.DoesNotContain(tenant.Key, listed.Body.ToJsonString());
        (await Api.PostAsync("/v1/admin/api-keys", ServerProcess.AdminKey, $$"""{"tenant_id":"{{tenant.Id}}","name":"k","permissions":["fly"]}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Theory]
    [InlineData("no-such-tenant")]
    [InlineData("No_Id")]
    public async Task Nothing_is_made_for_a_tenant_that_there_is_not(string tenant)
    {
        await ExpectAsync("api-keys", """{"name":"k"}""");
        await ExpectAsync("policies", """{"name":"p","scope_pattern":"agent:*"}""");
        await ExpectAsync("budgets", """{"scope":"tenant:no-such-tenant","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1}}""");

        // The protocol has no 404 of these operations (createBudget: "400, Invalid scope or tenant not found").
        async Task ExpectAsync(string what, string body) => (await Api.PostAsync(
            $"/v1/admin/{what}", ServerProcess.AdminKey, $"{{\"tenant_id\":\"{tenant}\",{body[1..]}")).Expect(HttpStatusCode.BadRequest, "TENANT_NOT_FOUND");
    }

    [Fact]
    public async Task Budgets_are_created_looked_up_listed_and_frozen()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var target = $"scope={tenant.Root}&unit=TOKENS";

        Assert.Equal(100, (await Api.GetAsync($"/v1/admin/budgets/lookup?{target}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK).Amount("remaining"));
        Assert.Single((await Api.GetAsync($"/v1/admin/budgets?tenant_id={tenant.Id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["ledgers"]!.AsArray());
        (await Api.GetAsync($"/v1/admin/budgets/lookup?scope={tenant.Root}/agent:x&unit=TOKENS", ServerProcess.AdminKey)).Expect(HttpStatusCode.NotFound, "BUDGET_NOT_FOUND");
        (await Api.GetAsync($"/v1/admin/budgets/lookup?scope=agent:x&unit=TOKENS", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await BudgetAsync(tenant, tenant.Root)).Expect(HttpStatusCode.Conflict, "DUPLICATE_RESOURCE");
        (await BudgetAsync(tenant, "tenant:other")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await BudgetAsync(tenant, $"{tenant.Root}/agent:a/app:b")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.PostAsync($"/v1/admin/budgets/freeze?{target}", ServerProcess.AdminKey, """{"reason":"test"}""")).Expect(HttpStatusCode.OK);
        (await Api.PostAsync($"/v1/admin/budgets/freeze?{target}", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.Conflict, "INVALID_REQUEST");
        (await tenant.FundAsync("CREDIT", 1)).Expect(HttpStatusCode.Conflict, "BUDGET_FROZEN");
    }

    [Fact]
    public async Task The_five_fundings_do_what_they_say()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await tenant.EventAsync("1", 40)).Expect(HttpStatusCode.Created);

        Assert.Equal(110, (await tenant.FundAsync("CREDIT", 50)).Expect(HttpStatusCode.OK).Amount("new_remaining"));
        Assert.Equal(90, (await tenant.FundAsync("DEBIT", 20)).Expect(HttpStatusCode.OK).Amount("new_remaining"));
        (await tenant.FundAsync("DEBIT", 91)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        Assert.Equal(-30, (await tenant.FundAsync("RESET", 10)).Expect(HttpStatusCode.OK).Amount("new_remaining"));
        Assert.Equal(195, (await tenant.FundAsync("RESET_SPENT", 200, ""","spent":{"unit":"TOKENS","amount":5}""")).Expect(HttpStatusCode.OK).Amount("new_remaining"));
        Assert.Equal(197, (await tenant.FundAsync("REPAY_DEBT", 2)).Expect(HttpStatusCode.OK).Amount("new_remaining"));
    }

    [Fact]
    public async Task A_tenants_own_key_provisions_for_its_tenant_alone()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var body = $$$"""{"scope":"{{{tenant.Root}}}","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1}}""";

        (await Api.PostAsync("/v1/admin/budgets", tenant.Key, body.Replace("{\"scope", $"{{\"tenant_id\":\"{tenant.Id}\",\"scope"))).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.PostAsync("/v1/admin/budgets", tenant.Key, body)).Expect(HttpStatusCode.Created);
        (await Api.PostAsync("/v1/admin/policies", tenant.Key, """{"name":"p","scope_pattern":"agent:*"}""")).Expect(HttpStatusCode.Created);
        (await Api.PostAsync("/v1/admin/policies", tenant.Key, """{"name":"p","scope_pattern":"agent:*"}""")).Expect(HttpStatusCode.Conflict, "DUPLICATE_RESOURCE");
        Assert.Single((await Api.GetAsync("/v1/admin/policies", tenant.Key)).Expect(HttpStatusCode.OK)["policies"]!.AsArray());
    }

    private Task<Answer> CreateAsync(string id, string name) =>
        Api.PostAsync("/v1/admin/tenants", ServerProcess.AdminKey, $$"""{"tenant_id":"{{id}}","name":"{{name}}"}""");

    private Task<Answer> BudgetAsync(TestTenant tenant, string scope) => Api.PostAsync(
        "/v1/admin/budgets",
        ServerProcess.AdminKey,
        $$$"""{"tenant_id":"{{{tenant.Id}}}","scope":"{{{scope}}}","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1}}""");
}
