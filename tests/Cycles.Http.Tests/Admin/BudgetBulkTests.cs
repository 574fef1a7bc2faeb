using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>POST /v1/admin/budgets/bulk-action.</summary>
public sealed class BudgetBulkTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task Each_operation_does_to_every_budget_what_funding_does_to_one()
    {
        var tenant = await CreateAsync(3);
        await tenant.EventAsync("e", 30, subject: ",\"agent\":\"a0\"");

        (await RunAsync(tenant, "CREDIT", 10)).Expect(HttpStatusCode.OK);
        Assert.Equal([(110, 30), (110, 0), (110, 0)], await NumbersAsync(tenant));
        (await RunAsync(tenant, "RESET", 50)).Expect(HttpStatusCode.OK);
        Assert.Equal([(50, 30), (50, 0), (50, 0)], await NumbersAsync(tenant));
        (await RunAsync(tenant, "RESET_SPENT", 100, ",\"spent\":{\"unit\":\"TOKENS\",\"amount\":7}")).Expect(HttpStatusCode.OK);
        Assert.Equal([(100, 7), (100, 7), (100, 7)], await NumbersAsync(tenant));
        (await RunAsync(tenant, "RESET_SPENT", 100)).Expect(HttpStatusCode.OK);
        Assert.Equal([(100, 0), (100, 0), (100, 0)], await NumbersAsync(tenant));
        (await RunAsync(tenant, "DEBIT", 40)).Expect(HttpStatusCode.OK);
        Assert.Equal([(60, 0), (60, 0), (60, 0)], await NumbersAsync(tenant));
    }

    [Fact]
    public async Task Rows_fail_one_by_one()
    {
        var tenant = await CreateAsync(2);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:small", 5);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:other", 100, unit: "CREDITS");
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:cold", 100);
        (await Api.PostAsync($"/v1/admin/budgets/freeze?scope={tenant.Root}/agent:cold&unit=TOKENS", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.OK);

        var answer = (await RunAsync(tenant, "DEBIT", 10, ",\"expected_count\":5")).Expect(HttpStatusCode.OK);

        Assert.Equal(5, answer.Number("total_matched"));
        Assert.Equal(2, answer["succeeded"]!.AsArray().Count);
        Assert.Equal(
            ["BUDGET_EXCEEDED", "INVALID_TRANSITION", "INVALID_TRANSITION"],
            answer["failed"]!.AsArray().Select(row => (string)row!["error_code"]!).Order(StringComparer.Ordinal));
        Assert.Equal([(90, 0), (90, 0), (100, 0), (100, 0), (5, 0)], await NumbersAsync(tenant));
    }

    [Fact]
    public async Task Debt_is_repaid_where_there_is_some()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a0", 10, ",\"overdraft_limit\":{\"unit\":\"TOKENS\",\"amount\":100}");
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a1", 10);
        await tenant.EventAsync("e", 30, ",\"overage_policy\":\"ALLOW_WITH_OVERDRAFT\"", ",\"agent\":\"a0\"");

        var answer = (await RunAsync(tenant, "REPAY_DEBT", 20)).Expect(HttpStatusCode.OK);

        Assert.Single(answer["succeeded"]!.AsArray());
        Assert.Equal("ALREADY_IN_TARGET_STATE", (string)Assert.Single(answer["skipped"]!.AsArray())!["reason"]!);
        Assert.Equal(0, await tenant.AmountAsync("debt", $"{tenant.Root}/agent:a0"));
        Assert.Equal(10, await tenant.AmountAsync("allocated", $"{tenant.Root}/agent:a1"));
    }

    [Fact]
    public async Task The_filter_means_what_the_lists_means()
    {
        var tenant = await CreateAsync(2);
        await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:eng", 100);
        await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:eng/agent:x", 100);
        await tenant.EventAsync("e", 90, subject: ",\"agent\":\"a1\"");

        foreach (var (filter, query, matches) in new[]
        {
            ($",\"scope_prefix\":\"{tenant.Root}/workspace:eng\"", $"&scope_prefix={tenant.Root}/workspace:eng", 2),
            (",\"utilization_min\":0.5", "&utilization_min=0.5", 1),
            (",\"search\":\"AGENT:A\"", "&search=AGENT:A", 2),
            (",\"unit\":\"CREDITS\"", "&unit=CREDITS", 0),
            (",\"has_debt\":true", "&has_debt=true", 0),
            (",\"over_limit\":false,\"status\":\"ACTIVE\"", "&over_limit=false&status=ACTIVE", 4),
        })
        {
            var listed = (await Api.GetAsync($"/v1/admin/budgets?tenant_id={tenant.Id}{query}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
            var answer = (await PostAsync(Body(tenant, "CREDIT", 1, $",\"expected_count\":{matches}", filter))).Expect(HttpStatusCode.OK);

            Assert.Equal(
                listed["ledgers"]!.AsArray().Select(ledger => (string)ledger!["ledger_id"]!).Order(StringComparer.Ordinal),
                answer["succeeded"]!.AsArray().Select(row => (string)row!["id"]!).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task What_only_begins_like_the_scope_of_the_filter_is_not_touched()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        string[] under = [$"{tenant.Root}/workspace:eng", $"{tenant.Root}/workspace:eng/agent:x"];
        string[] beside = [$"{tenant.Root}/workspace:eng2", $"{tenant.Root}/workspace:engineering", $"{tenant.Root}/workspace:engineering/agent:x"];
        foreach (var scope in under.Concat(beside))
        {
            await tenant.CreateBudgetAsync(scope, 100);
        }

        var answer = (await PostAsync(Body(tenant, "CREDIT", 1, filter: $",\"scope_prefix\":\"{tenant.Root}/workspace:ENG\""))).Expect(HttpStatusCode.OK);

        Assert.Equal(2, answer.Number("total_matched"));
        Assert.Equal([(101, 0), (101, 0), (100, 0), (100, 0), (100, 0)], await NumbersAsync(tenant));
    }

    [Fact]
    public async Task One_key_is_one_action_and_another_payload_is_refused()
    {
        var tenant = await CreateAsync(20);
        var body = Body(tenant, "CREDIT", 5);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PostAsync(body)));
        var later = await PostAsync(body);

        Assert.All(answers, answer => Assert.Equal(20, answer.Expect(HttpStatusCode.OK)["succeeded"]!.AsArray().Count));
        Assert.Single(answers.Append(later).Select(answer => answer.Body.ToJsonString()).Distinct());
        Assert.All(await NumbersAsync(tenant), numbers => Assert.Equal((105, 0), numbers));
        (await PostAsync(body.Replace("\"amount\":5", "\"amount\":6", StringComparison.Ordinal))).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        Assert.All(await NumbersAsync(tenant), numbers => Assert.Equal((105, 0), numbers));
    }

    [Fact]
    public async Task Counts_limits_and_tenants_are_checked_before_anything_is_done()
    {
        var tenant = await CreateAsync(2);

        var answer = (await RunAsync(tenant, "CREDIT", 1, ",\"expected_count\":1")).Expect(HttpStatusCode.Conflict, "COUNT_MISMATCH");
        Assert.Equal(2, (int)answer["details"]!["total_matched"]!);
        (await PostAsync($$$"""{"filter":{"tenant_id":"no-such-tenant"},"action":"CREDIT","amount":{"unit":"TOKENS","amount":1},"idempotency_key":"k"}""")).Expect(HttpStatusCode.NotFound, "TENANT_NOT_FOUND");
        Assert.All(await NumbersAsync(tenant), numbers => Assert.Equal((100, 0), numbers));

        for (var i = 2; i < 501; i += 20)
        {
            await Task.WhenAll(Enumerable.Range(i, Math.Min(20, 501 - i)).Select(
                index => tenant.CreateBudgetAsync($"{tenant.Root}/agent:a{index}", 100)));
        }

        answer = (await RunAsync(tenant, "CREDIT", 1)).Expect(HttpStatusCode.BadRequest, "LIMIT_EXCEEDED");
        Assert.Equal(501, (int)answer["details"]!["total_matched"]!);
    }

    [Fact]
    public async Task The_rows_of_a_closed_tenant_fail_with_TENANT_CLOSED()
    {
        var tenant = await CreateAsync(2);
        (await tenant.PatchAsync("""{"status":"CLOSED"}""")).Expect(HttpStatusCode.OK);

        foreach (var action in new[] { "CREDIT", "REPAY_DEBT" })
        {
            var answer = (await RunAsync(tenant, action, 1)).Expect(HttpStatusCode.OK);

            Assert.Equal(["TENANT_CLOSED", "TENANT_CLOSED"], answer["failed"]!.AsArray().Select(row => (string)row!["error_code"]!));
        }
    }

    [Theory]
    [InlineData("""{"filter":{},"action":"CREDIT","amount":{"unit":"TOKENS","amount":1},"idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"tenant_id":"acme-x"},"action":"CREDIT","idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"tenant_id":"acme-x"},"action":"CREDIT","amount":{"unit":"TOKENS","amount":-1},"idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"tenant_id":"acme-x"},"action":"RESET_SPENT","amount":{"unit":"TOKENS","amount":1},"spent":{"unit":"TOKENS","amount":-1},"idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"tenant_id":"acme-x"},"action":"FREEZE","amount":{"unit":"TOKENS","amount":1},"idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"tenant_id":"acme-x","utilization_min":0.9,"utilization_max":0.1},"action":"CREDIT","amount":{"unit":"TOKENS","amount":1},"idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"tenant_id":"acme-x","utilization_min":2},"action":"CREDIT","amount":{"unit":"TOKENS","amount":1},"idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"tenant_id":"acme-x"},"action":"CREDIT","amount":{"unit":"TOKENS","amount":1}}""")]
    [InlineData("""{"filter":{"tenant_id":"acme-x"},"action":"CREDIT","amount":{"unit":"TOKENS","amount":1},"idempotency_key":"k","cascade":true}""")]
    public async Task A_malformed_request_is_refused(string body) =>
        (await PostAsync(body)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

    [Fact]
    public async Task An_amount_and_a_spent_in_two_units_are_refused() => (await PostAsync(
        """{"filter":{"tenant_id":"acme-x"},"action":"RESET_SPENT","amount":{"unit":"TOKENS","amount":1},"spent":{"unit":"CREDITS","amount":1},"idempotency_key":"k"}"""))
        .Expect(HttpStatusCode.BadRequest, "UNIT_MISMATCH");

    private async Task<TestTenant> CreateAsync(int budgets)
    {
        var tenant = await TestTenant.CreateAsync(Api);
        for (var i = 0; i < budgets; i++)
        {
            await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a{i}", 100);
        }

        return tenant;
    }

    private async Task<(long Allocated, long Spent)[]> NumbersAsync(TestTenant tenant) =>
    [
        .. (await Api.GetAsync($"/v1/admin/budgets?tenant_id={tenant.Id}&sort_by=scope&sort_dir=asc", ServerProcess.AdminKey))
            .Expect(HttpStatusCode.OK)["ledgers"]!.AsArray()
            .Select(ledger => ((long)ledger!["allocated"]!["amount"]!, (long)ledger["spent"]!["amount"]!)),
    ];

    private Task<Answer> RunAsync(TestTenant tenant, string action, long amount, string more = "") => PostAsync(Body(tenant, action, amount, more));

    private Task<Answer> PostAsync(string body) => Api.PostAsync("/v1/admin/budgets/bulk-action", ServerProcess.AdminKey, body);

    private static string Body(TestTenant tenant, string action, long amount, string more = "", string filter = "") =>
        $$$"""{"filter":{"tenant_id":"{{{tenant.Id}}}"{{{filter}}}},"action":"{{{action}}}","amount":{"unit":"TOKENS","amount":{{{amount}}}},"idempotency_key":"{{{Guid.NewGuid()}}}"{{{more}}}}""";
}
