using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>Budget operations besides the rollover: exact, and once for each idempotency key.</summary>
public sealed class FundingTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task A_funding_is_done_once_for_each_key_of_a_budget()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:x", 100);
        const string Key = ""","idempotency_key":"k" """;

        var first = (await tenant.FundAsync("CREDIT", 5, Key)).Expect(HttpStatusCode.OK);
        var again = (await tenant.FundAsync("CREDIT", 5, Key)).Expect(HttpStatusCode.OK);
        (await tenant.FundAsync("CREDIT", 6, Key)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        (await tenant.FundAsync("DEBIT", 5, Key)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        var elsewhere = (await tenant.FundAsync("CREDIT", 7, Key, $"{tenant.Root}/agent:x")).Expect(HttpStatusCode.OK);

        Assert.Equal(first.Body.ToJsonString(), again.Body.ToJsonString());
        Assert.Equal(105, await tenant.AmountAsync("allocated"));
        Assert.Equal(107, elsewhere.Amount("new_allocated"));
    }

    [Fact]
    public async Task What_does_not_fit_an_int64_is_refused_and_changes_nothing()
    {
        var tenant = await TestTenant.CreateAsync(Api, long.MaxValue - 1);

        (await tenant.FundAsync("CREDIT", 2)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await tenant.FundAsync("REPAY_DEBT", long.MaxValue)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        Assert.Equal(long.MaxValue, (await tenant.FundAsync("CREDIT", 1)).Expect(HttpStatusCode.OK).Amount("new_remaining"));
        Assert.Equal(0, (await tenant.FundAsync("DEBIT", long.MaxValue)).Expect(HttpStatusCode.OK).Amount("new_remaining"));
        Assert.Equal(-long.MaxValue, (await tenant.FundAsync("RESET_SPENT", 0, $$""","spent":{"unit":"TOKENS","amount":{{long.MaxValue}}}""")).Expect(HttpStatusCode.OK).Amount("new_remaining"));
    }

    [Fact]
    public async Task Debt_is_repaid_first_and_what_is_beyond_it_is_credited()
    {
        var tenant = await TestTenant.CreateAsync(Api, 10, ""","overdraft_limit":{"unit":"TOKENS","amount":50},"commit_overage_policy":"ALLOW_WITH_OVERDRAFT" """);
        (await tenant.EventAsync("e", 40)).Expect(HttpStatusCode.Created);

        var some = (await tenant.FundAsync("REPAY_DEBT", 10)).Expect(HttpStatusCode.OK);
        Assert.Equal((30, 20, 10, -20), (some.Amount("previous_debt"), some.Amount("new_debt"), some.Amount("new_allocated"), some.Amount("new_remaining")));
        var rest = (await tenant.FundAsync("REPAY_DEBT", 25)).Expect(HttpStatusCode.OK);
        Assert.Equal((0, 15, 5), (rest.Amount("new_debt"), rest.Amount("new_allocated"), rest.Amount("new_remaining")));
    }

    [Fact]
    public async Task A_new_overdraft_limit_decides_anew_whether_the_budget_is_over_it()
    {
        var tenant = await TestTenant.CreateAsync(Api, 10, ""","overdraft_limit":{"unit":"TOKENS","amount":50},"commit_overage_policy":"ALLOW_WITH_OVERDRAFT" """);
        (await tenant.EventAsync("e", 40)).Expect(HttpStatusCode.Created);

        Assert.True((bool)(await UpdateAsync(tenant, 29)).Expect(HttpStatusCode.OK)["is_over_limit"]!);
        Assert.False((bool)(await UpdateAsync(tenant, 30)).Expect(HttpStatusCode.OK)["is_over_limit"]!);
        (await Api.PostAsync($"/v1/admin/budgets/freeze?{Target(tenant)}", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.OK);
        Assert.True((bool)(await UpdateAsync(tenant, 0)).Expect(HttpStatusCode.OK)["is_over_limit"]!);
        (await Api.PostAsync($"/v1/admin/budgets/unfreeze?{Target(tenant)}", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.OK);
        (await Api.PostAsync($"/v1/admin/budgets/unfreeze?{Target(tenant)}", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData(""" "operation":3,"amount":{"unit":"TOKENS","amount":1} """)]
    [InlineData(""" "operation":"CREDIT","amount":{"unit":1,"amount":1} """)]
    [InlineData(""" "operation":"CREDIT","amount":{"unit":"TOKENS","amount":-1} """)]
    [InlineData(""" "operation":"CREDIT","amount":{"unit":"TOKENS","amount":1.5} """)]
    [InlineData(""" "operation":"CREDIT","amount":{"unit":"TOKENS","amount":9223372036854775808} """)]
    [InlineData(""" "operation":"RESET_SPENT","amount":{"unit":"TOKENS","amount":1},"spent":{"unit":"TOKENS","amount":-1} """)]
    [InlineData(""" "operation":"CREDIT","amount":{"unit":"TOKENS","amount":1},"idempotency_key":"" """)]
    [InlineData(""" "operation":"CREDIT" """)]
    public async Task A_funding_that_is_none_of_the_schema_changes_nothing(string members)
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await Api.PostAsync($"/v1/admin/budgets/fund?{Target(tenant)}&tenant_id={tenant.Id}", ServerProcess.AdminKey, $"{{{members}}}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        Assert.Equal(100, await tenant.AmountAsync("allocated"));
    }

    [Fact]
    public async Task Spent_is_read_for_RESET_SPENT_and_ignored_for_every_other_operation()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        const string InAnotherUnit = ""","spent":{"unit":"CREDITS","amount":7}""";

        Assert.Equal(101, (await tenant.FundAsync("CREDIT", 1, InAnotherUnit)).Expect(HttpStatusCode.OK).Amount("new_remaining"));
        (await tenant.FundAsync("RESET_SPENT", 50, InAnotherUnit)).Expect(HttpStatusCode.BadRequest, "UNIT_MISMATCH");

        Assert.Equal(101, await tenant.AmountAsync("allocated"));
    }

    [Fact]
    public async Task A_foreign_budget_is_neither_looked_up_nor_funded()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var other = await TestTenant.CreateAsync(Api, 100);

        (await Api.GetAsync($"/v1/admin/budgets/lookup?{Target(other)}", tenant.Key)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await Api.PostAsync($"/v1/admin/budgets/fund?{Target(other)}&tenant_id={other.Id}", tenant.Key, """{"operation":"CREDIT","amount":{"unit":"TOKENS","amount":1}}""")).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await Api.PostAsync($"/v1/admin/budgets/fund?{Target(other)}", ServerProcess.AdminKey, """{"operation":"CREDIT","amount":{"unit":"TOKENS","amount":1}}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        Assert.Equal(100, await other.AmountAsync("allocated"));
    }

    private static string Target(TestTenant tenant) => $"scope={tenant.Root}&unit=TOKENS";

    private Task<Answer> UpdateAsync(TestTenant tenant, long limit) => Api.SendAsync(
        HttpMethod.Patch,
        $"/v1/admin/budgets?{Target(tenant)}",
        ServerProcess.AdminKey,
        $$$"""{"overdraft_limit":{"unit":"TOKENS","amount":{{{limit}}}}}""");
}
