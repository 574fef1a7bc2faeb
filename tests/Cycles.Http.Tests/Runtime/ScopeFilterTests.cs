using System.Net;
using System.Text.Json.Nodes;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

/// <summary>What a key does inside of its scope_filter; that it does nothing outside is in the isolation table.</summary>
public sealed class ScopeFilterTests(ServerFixture server)
{
    private const string Eng = ",\"workspace\":\"Eng\"";
    private const string Ops = ",\"workspace\":\"ops\"";

    private Api Api => server.Api;

    [Fact]
    public async Task A_restricted_key_spends_from_the_budgets_above_and_sees_only_its_own()
    {
        var (tenant, key, eng) = await CreateAsync();

        var reserved = (await ReserveAsync(tenant, key, "1", Eng)).Expect(HttpStatusCode.OK);
        var id = reserved.Text("reservation_id");
        var extended = await Api.PostAsync($"/v1/reservations/{id}/extend", key, """{"idempotency_key":"e","extend_by_ms":1000}""");
        var committed = (await Api.PostAsync($"/v1/reservations/{id}/commit", key, """{"idempotency_key":"c","actual":{"unit":"TOKENS","amount":4}}""")).Expect(HttpStatusCode.OK);
        var replayed = (await Api.PostAsync($"/v1/reservations/{id}/commit", key, """{"idempotency_key":"c","actual":{"unit":"TOKENS","amount":4}}""")).Expect(HttpStatusCode.OK);
        var applied = (await Api.PostAsync(
            "/v1/events",
            key,
            $$$"""{"idempotency_key":"v","subject":{"tenant":"{{{tenant.Id}}}"{{{Eng}}},"agent":"x"},"action":{"kind":"a","name":"b"},"actual":{"unit":"TOKENS","amount":1}}""")).Expect(HttpStatusCode.Created);

        extended.Expect(HttpStatusCode.OK);
        Assert.Equal([tenant.Root, eng], reserved["affected_scopes"]!.AsArray().Select(scope => (string)scope!));
        Assert.All([reserved, committed, replayed, applied], answer => Assert.Equal([eng], Scopes(answer, "balances")));
        (await Api.GetAsync($"/v1/reservations/{id}", key)).Expect(HttpStatusCode.OK);
        Assert.Equal(5, await tenant.AmountAsync("spent"));
        Assert.Equal([eng], Scopes((await Api.GetAsync($"/v1/balances?tenant={tenant.Id}", key)).Expect(HttpStatusCode.OK), "balances"));
        Assert.Equal([eng], Scopes((await Api.GetAsync("/v1/admin/budgets", key)).Expect(HttpStatusCode.OK), "ledgers"));
    }

    [Fact]
    public async Task A_refusal_by_a_budget_above_says_which()
    {
        var (tenant, key, _) = await CreateAsync();

        var refused = (await Api.PostAsync("/v1/reservations", key, tenant.Estimate("1", 501, subject: Eng))).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        var released = (await ReserveAsync(tenant, key, "2", Eng)).Expect(HttpStatusCode.OK).Text("reservation_id");

        Assert.Contains(tenant.Root, refused.Text("message"));
        Assert.Empty(Scopes((await Api.PostAsync("/v1/reservations", key, tenant.Estimate("3", 1, ",\"dry_run\":true", ",\"workspace\":\"eng\",\"agent\":\"a\""))).Expect(HttpStatusCode.OK), "balances").Except([$"{tenant.Root}/workspace:eng"]));
        (await Api.PostAsync($"/v1/reservations/{released}/release", key, """{"idempotency_key":"r"}""")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Pages_of_reservations_are_full_and_their_cursors_bound_to_the_filter()
    {
        var (tenant, key, _) = await CreateAsync();
        for (var i = 0; i < 5; i++)
        {
            (await ReserveAsync(tenant, tenant.Key, $"out-{i}", Ops)).Expect(HttpStatusCode.OK);
            (await ReserveAsync(tenant, tenant.Key, $"in-{i}", Eng)).Expect(HttpStatusCode.OK);
        }

        var pages = await PagesAsync("/v1/reservations?limit=2", key, "reservations");

        Assert.Equal([2, 2, 1], pages.Select(page => page.Length));
        Assert.Equal(5, pages.SelectMany(page => page).Select(row => (string)row["reservation_id"]!).Distinct().Count());
        Assert.All(pages.SelectMany(page => page), row => Assert.Equal("Eng", (string)row["subject"]!["workspace"]!));
        var others = (await Api.GetAsync("/v1/reservations?limit=2", tenant.Key)).Text("next_cursor");
        (await Api.GetAsync($"/v1/reservations?limit=2&cursor={others}", key)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Theory]
    [InlineData("/v1/admin/budgets?limit=2", "ledgers")]
    [InlineData("/v1/balances?unit=TOKENS&limit=2", "balances")]
    [InlineData("/v1/balances?toolset=t&limit=2", "balances")]
    public async Task Pages_of_budgets_are_full_and_their_cursors_bound_to_the_filter(string path, string items)
    {
        var (tenant, key, eng) = await CreateAsync();
        for (var i = 0; i < 4; i++)
        {
            await tenant.CreateBudgetAsync($"{eng}/agent:{i}/toolset:t", 1);
            await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:ops/agent:{i}/toolset:t", 1);
        }

        var pages = await PagesAsync(path, key, items);

        Assert.All(pages[..^1], page => Assert.Equal(2, page.Length));
        Assert.All(pages.SelectMany(page => page), row => Assert.StartsWith(eng, (string)row["scope_path"]!));
        Assert.Equal(4, pages.SelectMany(page => page).Count(row => ((string)row["scope_path"]!).EndsWith("toolset:t")));
        var others = (await Api.GetAsync(path, tenant.Key)).Text("next_cursor");
        (await Api.GetAsync($"{path}&cursor={others}", key)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Fact]
    public async Task A_restricted_key_administers_its_own_part()
    {
        var (tenant, key, eng) = await CreateAsync();

        (await Api.PostAsync("/v1/admin/budgets", key, $$$"""{"scope":"{{{eng}}}/agent:x","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1}}""")).Expect(HttpStatusCode.Created);
        (await Api.PostAsync($"/v1/admin/budgets/fund?scope={eng}/agent:x&unit=TOKENS", key, """{"operation":"CREDIT","amount":{"unit":"TOKENS","amount":1}}""")).Expect(HttpStatusCode.OK);
        (await Api.GetAsync($"/v1/admin/budgets/lookup?scope={eng}/agent:x&unit=TOKENS", key)).Expect(HttpStatusCode.OK);
        (await Api.PostAsync("/v1/admin/policies", key, $$"""{"name":"p","scope_pattern":"{{eng}}/agent:*"}""")).Expect(HttpStatusCode.Created);
        (await Api.PostAsync("/v1/admin/policies", key, $$"""{"name":"q","scope_pattern":"{{tenant.Root}}/*"}""")).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await Api.PostAsync("/v1/admin/policies", tenant.Key, """{"name":"r","scope_pattern":"agent:*"}""")).Expect(HttpStatusCode.Created);
        Assert.Equal("p", (string)Assert.Single((await Api.GetAsync("/v1/admin/policies", key)).Expect(HttpStatusCode.OK)["policies"]!.AsArray())!["name"]!);
        (await Api.GetAsync("/v1/admin/policies?scope_pattern=agent:*", key)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
    }

    [Fact]
    public async Task Denials_are_in_the_audit_log_and_an_agent_in_a_loop_does_not_fill_it()
    {
        const int Limit = 60;
        var (tenant, key, _) = await CreateAsync();
        var log = new AuditLog(Api);
        var denials = $"tenant_id={tenant.Id}&error_code=FORBIDDEN&limit=1000";

        for (var i = 0; i < Limit + 5; i++)
        {
            (await ReserveAsync(tenant, key, "1", Ops)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        }

        var entries = await log.QueryAsync(denials);
        Assert.Equal(Limit, entries.Length);
        Assert.All(entries, entry => Assert.Equal(("createReservation", "api_key"), ((string)entry["operation"]!, (string)entry["metadata"]!["actor_type"]!)));
        Assert.All(entries, entry => Assert.StartsWith($"key_{tenant.Id}_", (string)entry["key_id"]!));

        // Another key has a limit of its own, and what is refused for another reason is no denial.
        (await tenant.GetAsync("/v1/balances?tenant=another")).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await tenant.ReserveAsync("2", 501)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        Assert.Equal(Limit + 1, (await log.QueryAsync(denials)).Length);
        Assert.Empty(await log.QueryAsync($"tenant_id={tenant.Id}&error_code=BUDGET_EXCEEDED"));
    }

    private static string[] Scopes(Answer answer, string items) =>
        [.. answer[items]!.AsArray().Select(balance => (string)balance!["scope_path"]!)];

    private Task<Answer> ReserveAsync(TestTenant tenant, string key, string idempotencyKey, string subject) =>
        Api.PostAsync("/v1/reservations", key, tenant.Estimate(idempotencyKey, 10, subject: subject));

    private async Task<List<JsonNode[]>> PagesAsync(string path, string key, string items)
    {
        var pages = new List<JsonNode[]>();
        for (string? cursor = null; pages.Count < 20;)
        {
            var page = (await Api.GetAsync(cursor is null ? path : $"{path}&cursor={cursor}", key)).Expect(HttpStatusCode.OK);
            pages.Add([.. page[items]!.AsArray().Select(item => item!)]);
            cursor = (string?)page["next_cursor"];
            if (cursor is null)
            {
                break;
            }
        }

        return pages;
    }

    /// <summary>A tenant with budgets at its root and in two workspaces, and a key for one of them.</summary>
    private async Task<(TestTenant Tenant, string Key, string Eng)> CreateAsync()
    {
        var tenant = await TestTenant.CreateAsync(Api, 500);
        await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:eng", 1000);
        await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:ops", 1000);
        var key = await TestTenant.CreateKeyAsync(Api, tenant.Id, ""","scope_filter":["workspace:ENG","agent:*"]""");
        return (tenant, key, $"{tenant.Root}/workspace:eng");
    }
}
