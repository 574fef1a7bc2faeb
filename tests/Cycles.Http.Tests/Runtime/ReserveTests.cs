using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class ReserveTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task A_reserve_holds_on_every_budgeted_scope_and_skips_the_others()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var agent = $"{tenant.Root}/workspace:w/agent:a";
        await tenant.CreateBudgetAsync(agent, 50);

        var answer = (await tenant.ReserveAsync("1", 30, subject: ""","workspace":"W","agent":"a" """)).Expect(HttpStatusCode.OK);

        Assert.Equal("ALLOW", answer.Text("decision"));
        Assert.Equal(agent, answer.Text("scope_path"));
        Assert.Equal([tenant.Root, $"{tenant.Root}/workspace:w", agent], answer["affected_scopes"]!.AsArray().Select(scope => (string)scope!));
        Assert.Equal(2, answer["balances"]!.AsArray().Count);
        Assert.Equal(70, answer.Balance(tenant.Root, "remaining"));
        Assert.Equal(20, answer.Balance(agent, "remaining"));
        Assert.Equal(tenant.Id, answer.Headers["X-Cycles-Tenant"]);
        Assert.InRange(answer.Number("remaining_ttl_ms"), 1, 60_000);
    }

    [Fact]
    public async Task What_remains_may_be_held_to_the_last_token()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await tenant.ReserveAsync("1", 100)).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        (await tenant.ReserveAsync("3", 0)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_denied_child_costs_its_parent_nothing()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a", 10);

        (await tenant.ReserveAsync("1", 11, subject: ""","agent":"a" """)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");

        Assert.Equal(100, await tenant.AmountAsync("remaining"));
        (await tenant.ReserveAsync("2", 100)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_budget_it_is_not_found()
    {
        var tenant = await TestTenant.CreateAsync(Api);

        var answer = (await tenant.ReserveAsync("1", 1)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");

        Assert.Contains($"Budget not found for provided scope: {tenant.Root}", answer.Text("message"));
    }

    [Fact]
    public async Task A_budget_in_another_unit_is_a_mismatch_that_says_which()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        await tenant.CreateBudgetAsync(tenant.Root, 100, unit: "CREDITS");

        var answer = (await tenant.ReserveAsync("1", 1)).Expect(HttpStatusCode.BadRequest, "UNIT_MISMATCH");

        Assert.Equal(tenant.Root, (string)answer["details"]!["scope"]!);
        Assert.Equal("TOKENS", (string)answer["details"]!["requested_unit"]!);
        Assert.Equal("CREDITS", (string)answer["details"]!["expected_units"]![0]!);
    }

    [Fact]
    public async Task Each_unit_has_its_own_budget()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        foreach (var unit in new[] { "USD_MICROCENTS", "TOKENS", "CREDITS", "RISK_POINTS" })
        {
            await tenant.CreateBudgetAsync(tenant.Root, 10, unit: unit);
            var body = tenant.Estimate(unit, 10).Replace("TOKENS\",\"amount", $"{unit}\",\"amount");
            (await Api.PostAsync("/v1/reservations", tenant.Key, body)).Expect(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Amounts_are_exact_to_the_end_of_int64()
    {
        var tenant = await TestTenant.CreateAsync(Api, long.MaxValue);

        var answer = (await tenant.ReserveAsync("1", long.MaxValue - 1)).Expect(HttpStatusCode.OK);

        Assert.Equal(1, answer.Balance(tenant.Root, "remaining"));
        Assert.Equal(long.MaxValue - 1, answer.Amount("reserved"));
    }

    [Fact]
    public async Task What_would_overflow_is_refused_and_changes_nothing()
    {
        var tenant = await TestTenant.CreateAsync(Api, long.MaxValue);

        (await tenant.FundAsync("CREDIT", 1)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        Assert.Equal(long.MaxValue, await tenant.AmountAsync("allocated"));
    }

    [Fact]
    public async Task A_frozen_budget_takes_no_reservation_but_lets_one_settle()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10);
        (await Api.PostAsync($"/v1/admin/budgets/freeze?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.OK);

        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.Conflict, "BUDGET_FROZEN");
        (await tenant.EventAsync("3", 1)).Expect(HttpStatusCode.Conflict, "BUDGET_FROZEN");
        (await tenant.CommitAsync(id, 4)).Expect(HttpStatusCode.OK);

        (await Api.SendAsync(HttpMethod.Post, $"/v1/admin/budgets/unfreeze?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_time_to_live_above_the_maximum_is_capped()
    {
        var tenant = await TestTenant.CreateAsync(Api, settings: ""","max_reservation_ttl_ms":5000,"default_reservation_ttl_ms":2000""");
        await tenant.CreateBudgetAsync(tenant.Root, 10);

        Assert.InRange((await tenant.ReserveAsync("1", 1, ""","ttl_ms":60000""")).Number("remaining_ttl_ms"), 2001, 5000);
        Assert.InRange((await tenant.ReserveAsync("2", 1)).Number("remaining_ttl_ms"), 1, 2000);
    }

    [Fact]
    public async Task Two_hundred_parallel_reserves_on_a_budget_for_seventy_admit_seventy()
    {
        var tenant = await TestTenant.CreateAsync(Api, 700);

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => tenant.ReserveAsync($"{i}", 10)));

        Assert.Equal(70, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => answer.Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED"));
        Assert.Equal(0, await tenant.AmountAsync("remaining"));
    }

    [Fact]
    public async Task A_denied_child_never_costs_a_sibling_its_budget()
    {
        // The root has room for exactly the forty that good may make; bad is always refused, after it has locked the root.
        var tenant = await TestTenant.CreateAsync(Api, 400);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:good", 400);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:bad", 9);

        var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(i =>
            tenant.ReserveAsync($"{i}", 10, subject: i % 2 == 0 ? ""","agent":"good" """ : ""","agent":"bad" """)));

        Assert.Equal(40, answers.Count(answer => answer.Status == HttpStatusCode.OK));
    }
}
