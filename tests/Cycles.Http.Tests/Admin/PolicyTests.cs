using System.Net;
using System.Text.Json.Nodes;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

public sealed class PolicyTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task A_policy_is_changed_in_what_is_given_and_answered_whole()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var created = await CreateAsync(tenant, "p", "agent:*", ""","description":"words","priority":2,"caps":{"max_tokens":5},"rate_limits":{"max_reservations_per_minute":9}""");

        var updated = (await PatchAsync(created, """{"priority":7,"status":"DISABLED","rate_limits":{"max_commits_per_minute":4}}""")).Expect(HttpStatusCode.OK);

        Assert.Equal(created.Text("policy_id"), updated.Text("policy_id"));
        Assert.Equal("words", updated.Text("description"));
        Assert.Equal(7, updated.Number("priority"));
        Assert.Equal("DISABLED", updated.Text("status"));
        Assert.Equal(5, (long)updated["caps"]!["max_tokens"]!);
        Assert.Equal("""{"max_commits_per_minute":4}""", updated["rate_limits"]!.ToJsonString());
        Assert.NotNull(updated["updated_at"]);
        Assert.Equal(updated.Body.ToJsonString(), (await ListAsync(tenant)).Single()!.ToJsonString());
    }

    [Fact]
    public async Task An_empty_object_takes_away_what_was_there()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var policy = await CreateAsync(tenant, "p", "agent:*", ""","description":"words","caps":{"max_tokens":5},"rate_limits":{"max_reservations_per_minute":9},"reservation_ttl_override":{"max_ttl_ms":5000}""");

        var updated = (await PatchAsync(policy, """{"description":"","caps":{},"rate_limits":{},"reservation_ttl_override":{}}""")).Expect(HttpStatusCode.OK);

        Assert.All(new[] { "description", "caps", "rate_limits", "reservation_ttl_override" }, name => Assert.Null(updated[name]));
    }

    [Theory]
    [InlineData("""{"scope_pattern":"tenant:x"}""", "scope_pattern cannot be changed")]
    [InlineData("""{"caps":null}""", "caps must not be null")]
    [InlineData("""{"effective_until":null}""", "effective_until must not be null")]
    [InlineData("""{"name":" "}""", "name must not be empty")]
    [InlineData("""{"priority":-1}""", "priority must not be negative")]
    [InlineData("""{"status":"ON"}""", "$.status")]
    [InlineData("""{"unknown":1}""", "$.unknown")]
    [InlineData("""{"rate_limits":{"max_commits_per_minute":0}}""", "max_commits_per_minute must be at least 1")]
    [InlineData("""{"reservation_ttl_override":{"default_ttl_ms":9000,"max_ttl_ms":5000}}""", "must not be above")]
    [InlineData("""{"effective_until":"2020-01-01T00:00:00Z"}""", "must not lie before")]
    public async Task What_cannot_be_a_change_is_refused_and_changes_nothing(string body, string why)
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var policy = await CreateAsync(tenant, "p", "agent:*", ""","effective_from":"2024-01-01T00:00:00Z","caps":{"max_tokens":5}""");

        var answer = (await PatchAsync(policy, body)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        Assert.Contains(why, answer.Text("message"));
        Assert.Equal(policy.Body.ToJsonString(), (await ListAsync(tenant)).Single()!.ToJsonString());
    }

    [Fact]
    public async Task A_name_is_unique_in_its_tenant()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var other = await TestTenant.CreateAsync(Api);
        await CreateAsync(tenant, "a", "agent:*");
        var second = await CreateAsync(tenant, "b", "agent:*");
        await CreateAsync(other, "a", "agent:*");

        (await PatchAsync(second, """{"name":"a"}""")).Expect(HttpStatusCode.Conflict, "DUPLICATE_RESOURCE");
        (await PatchAsync(second, """{"name":"b"}""")).Expect(HttpStatusCode.OK);
        (await PatchAsync(second, """{"name":"c"}""")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Only_its_own_tenant_and_the_admin_change_a_policy()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var stranger = await TestTenant.CreateAsync(Api);
        var policy = await CreateAsync(tenant, "p", "agent:*");
        var nobodys = $"pol_{tenant.Id}_{new string('0', 32)}";

        (await PatchAsync(policy, """{"priority":1}""", tenant.Key)).Expect(HttpStatusCode.OK);
        (await PatchAsync(policy, """{"priority":2}""", stranger.Key)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        Assert.Equal(tenant.Id, (await PatchAsync(policy, """{"priority":3}""")).Expect(HttpStatusCode.OK).Headers["X-Cycles-Tenant"]);
        foreach (var key in new[] { tenant.Key, stranger.Key, ServerProcess.AdminKey })
        {
            (await PatchAsync(nobodys, "{}", key)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
            (await PatchAsync("pol_x", "{}", key)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
        }

        var reader = await TestTenant.CreateKeyAsync(Api, tenant.Id, ""","permissions":["policies:read"]""");
        (await PatchAsync(policy, "{}", reader)).Expect(HttpStatusCode.Forbidden, "INSUFFICIENT_PERMISSIONS");
        Assert.Equal(3, (long)(await ListAsync(tenant)).Single()!["priority"]!);
    }

    [Fact]
    public async Task A_closed_tenants_policies_can_be_read_and_not_changed()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var policy = await CreateAsync(tenant, "p", "agent:*");
        (await tenant.PatchAsync("""{"status":"CLOSED"}""")).Expect(HttpStatusCode.OK);

        (await PatchAsync(policy, """{"priority":1}""")).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        (await PostAsync(tenant, "q", "agent:*")).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        Assert.Single(await ListAsync(tenant));
    }

    [Theory]
    [InlineData("agent:summarizer", "must begin with tenant:<id>")]
    [InlineData("tenant:other/*", "must lie within tenant:")]
    [InlineData("robot:*", "level of")]
    [InlineData("*/agent:sum*", "*/<level>:<id>")]
    public async Task A_pattern_that_could_match_nothing_is_refused(string pattern, string why)
    {
        var tenant = await TestTenant.CreateAsync(Api);

        Assert.Contains(why, (await PostAsync(tenant, "p", pattern)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST").Text("message"));
        Assert.Empty(await ListAsync(tenant));
    }

    [Fact]
    public async Task A_change_is_in_force_for_the_next_reservation()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var policy = await CreateAsync(tenant, "p", tenant.Root, ""","caps":{"max_tokens":1}""");

        for (var i = 0; i < 20; i++)
        {
            (await PatchAsync(policy, $$$"""{"caps":{"max_tokens":{{{i}}}}}""")).Expect(HttpStatusCode.OK);
            Assert.Equal(i, (long)(await tenant.ReserveAsync($"{i}", 1))["caps"]!["max_tokens"]!);
        }

        (await PatchAsync(policy, """{"status":"DISABLED"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("ALLOW", (await tenant.ReserveAsync("off", 1)).Text("decision"));
        (await PatchAsync(policy, """{"status":"ACTIVE"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("ALLOW_WITH_CAPS", (await tenant.ReserveAsync("on", 1)).Text("decision"));
        (await PatchAsync(policy, $$"""{"effective_until":"{{DateTimeOffset.UtcNow.AddSeconds(-1):O}}"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("ALLOW", (await tenant.ReserveAsync("over", 1)).Text("decision"));
    }

    [Fact]
    public async Task The_policy_of_the_highest_priority_governs_alone()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await CreateAsync(tenant, "deep", "*/agent:a", ""","caps":{"max_tokens":1},"commit_overage_policy":"ALLOW_WITH_OVERDRAFT" """);
        var high = await CreateAsync(tenant, "high", tenant.Root, ""","priority":1,"caps":{"max_tokens":2}""");

        Assert.Equal(2, (long)(await tenant.ReserveAsync("1", 1, subject: ""","agent":"a" """))["caps"]!["max_tokens"]!);
        (await PatchAsync(high, """{"priority":0}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(1, (long)(await tenant.ReserveAsync("2", 1, subject: ""","agent":"A" """))["caps"]!["max_tokens"]!);
    }

    [Fact]
    public async Task A_policy_sets_the_time_to_live_and_the_number_of_extensions()
    {
        var tenant = await TestTenant.CreateAsync(Api, settings: ""","default_reservation_ttl_ms":2000,"max_reservation_ttl_ms":4000,"max_reservation_extensions":3""");
        await tenant.CreateBudgetAsync(tenant.Root, 100);
        var policy = await CreateAsync(tenant, "p", "agent:*", ""","reservation_ttl_override":{"default_ttl_ms":6000,"max_ttl_ms":9000,"max_extensions":1}""");
        const string agent = ""","agent":"a" """;

        Assert.InRange((await tenant.ReserveAsync("1", 1, subject: agent)).Number("remaining_ttl_ms"), 4001, 6000);
        var capped = await tenant.ReserveAsync("2", 1, ""","ttl_ms":60000""", agent);
        Assert.InRange(capped.Number("remaining_ttl_ms"), 6001, 9000);
        Assert.InRange((await tenant.ReserveAsync("3", 1, ""","ttl_ms":60000""")).Number("remaining_ttl_ms"), 2001, 4000);
        (await tenant.ExtendAsync(capped.Text("reservation_id"), 1000, "e1")).Expect(HttpStatusCode.OK);
        (await tenant.ExtendAsync(capped.Text("reservation_id"), 1000, "e2")).Expect(HttpStatusCode.Conflict, "MAX_EXTENSIONS_EXCEEDED");

        (await PatchAsync(policy, """{"reservation_ttl_override":{"max_extensions":0}}""")).Expect(HttpStatusCode.OK);
        var changed = await tenant.ReserveAsync("4", 1, subject: agent);
        Assert.InRange(changed.Number("remaining_ttl_ms"), 1, 2000);
        (await tenant.ExtendAsync(changed.Text("reservation_id"), 1000)).Expect(HttpStatusCode.Conflict, "MAX_EXTENSIONS_EXCEEDED");
    }

    [Fact]
    public async Task The_overage_policy_is_the_requests_else_the_policys_else_the_budgets_else_the_tenants()
    {
        var tenant = await TestTenant.CreateAsync(Api, settings: ""","default_commit_overage_policy":"REJECT" """);
        await tenant.CreateBudgetAsync(tenant.Root, 1000);
        (await tenant.CommitAsync(await tenant.ReservedAsync("tenant", 1), 2)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");

        (await Api.SendAsync(HttpMethod.Patch, $"/v1/admin/budgets?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, """{"commit_overage_policy":"ALLOW_IF_AVAILABLE"}""")).Expect(HttpStatusCode.OK);
        var budgets = await tenant.ReservedAsync("budget", 1);

        await CreateAsync(tenant, "p", tenant.Root, ""","commit_overage_policy":"REJECT" """);
        var policys = await tenant.ReservedAsync("policy", 1);
        var requests = await tenant.ReservedAsync("request", 1, ""","overage_policy":"ALLOW_IF_AVAILABLE" """);

        // Each under the terms that it was made with, whatever was changed since.
        (await tenant.CommitAsync(budgets, 2)).Expect(HttpStatusCode.OK);
        (await tenant.CommitAsync(policys, 2)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        (await tenant.CommitAsync(requests, 2)).Expect(HttpStatusCode.OK);
        (await tenant.EventAsync("1", 2000)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        (await tenant.EventAsync("2", 2000, ""","overage_policy":"ALLOW_IF_AVAILABLE" """)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Policies_are_listed_by_filter_and_page()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        foreach (var name in "abc")
        {
            await CreateAsync(tenant, $"{name}", "agent:*");
        }

        var off = await CreateAsync(tenant, "off", "*/agent:Summarizer");
        (await PatchAsync(off, """{"status":"DISABLED"}""")).Expect(HttpStatusCode.OK);

        Assert.Equal(["off"], Names(await ListAsync(tenant, "&status=DISABLED")));
        Assert.Equal(["off"], Names(await ListAsync(tenant, "&scope_pattern=*/agent:Summarizer")));
        Assert.Equal(["a", "b", "c"], Names(await ListAsync(tenant, "&scope_pattern=agent:*&status=ACTIVE")));
        Assert.Empty(await ListAsync(tenant, "&scope_pattern=agent"));
        Assert.Equal(4, (await ListAsync(tenant, "&limit=100000")).Count);
        Assert.Equal(4, (await ListAsync(tenant, "&has_action_quotas=true&references_action_kind=x")).Count);
        var first = await Api.GetAsync("/v1/admin/policies?limit=2&tenant_id=ignored", tenant.Key);
        Assert.Equal(["a", "b"], Names(first["policies"]!.AsArray()));
        Assert.True((bool)first["has_more"]!);
        Assert.Equal(["c", "off"], Names(await ListAsync(tenant, $"&limit=2&cursor={first.Text("next_cursor")}")));
        (await Api.GetAsync($"/v1/admin/policies?status=ACTIVE&cursor={first.Text("next_cursor")}", tenant.Key)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.GetAsync("/v1/admin/policies", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.GetAsync("/v1/admin/policies?status=ON", tenant.Key)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.GetAsync("/v1/admin/policies?limit=x", tenant.Key)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Fact]
    public async Task A_tenant_has_no_more_policies_than_it_may()
    {
        var data = Directory.CreateTempSubdirectory("cycles-policies-");
        try
        {
            using var process = await ServerProcess.StartAsync(data.FullName, ("Cycles__Store__MaxPolicies", "2"));
            using var api = new Api(process.Address);
            var tenant = await TestTenant.CreateAsync(api);
            var other = await TestTenant.CreateAsync(api);
            Task<Answer> PostAsync(TestTenant who, string name) =>
                api.PostAsync("/v1/admin/policies", who.Key, $$"""{"name":"{{name}}","scope_pattern":"*"}""");

            var first = (await PostAsync(tenant, "a")).Expect(HttpStatusCode.Created);
            (await api.SendAsync(HttpMethod.Patch, $"/v1/admin/policies/{first.Text("policy_id")}", tenant.Key, """{"status":"DISABLED"}""")).Expect(HttpStatusCode.OK);
            (await PostAsync(tenant, "b")).Expect(HttpStatusCode.Created);

            var answer = (await PostAsync(tenant, "c")).Expect(HttpStatusCode.Conflict, "LIMIT_EXCEEDED");
            Assert.Contains("2 policies", answer.Text("message"));
            Assert.Equal(["a", "b"], Names((await api.GetAsync("/v1/admin/policies", tenant.Key))["policies"]!.AsArray()));
            (await PostAsync(tenant, "b")).Expect(HttpStatusCode.Conflict, "DUPLICATE_RESOURCE");
            (await api.SendAsync(HttpMethod.Patch, $"/v1/admin/policies/{first.Text("policy_id")}", tenant.Key, """{"name":"c","status":"ACTIVE"}""")).Expect(HttpStatusCode.OK);
            (await PostAsync(other, "c")).Expect(HttpStatusCode.Created);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static string[] Names(JsonArray policies) => [.. policies.Select(policy => (string)policy!["name"]!)];

    private async Task<JsonArray> ListAsync(TestTenant tenant, string filters = "") =>
        (await Api.GetAsync($"/v1/admin/policies?tenant_id={tenant.Id}{filters}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["policies"]!.AsArray();

    private async Task<Answer> CreateAsync(TestTenant tenant, string name, string pattern, string more = "") =>
        (await PostAsync(tenant, name, pattern, more)).Expect(HttpStatusCode.Created);

    private Task<Answer> PostAsync(TestTenant tenant, string name, string pattern, string more = "") => Api.PostAsync(
        "/v1/admin/policies", ServerProcess.AdminKey, $$"""{"tenant_id":"{{tenant.Id}}","name":"{{name}}","scope_pattern":"{{pattern}}"{{more}}}""");

    private Task<Answer> PatchAsync(Answer policy, string body, string key = ServerProcess.AdminKey) =>
        PatchAsync(policy.Text("policy_id"), body, key);

    private Task<Answer> PatchAsync(string policyId, string body, string key) =>
        Api.SendAsync(HttpMethod.Patch, $"/v1/admin/policies/{policyId}", key, body);
}
