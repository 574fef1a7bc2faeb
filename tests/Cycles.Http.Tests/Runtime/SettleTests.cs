using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class SettleTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task A_commit_below_the_reservation_gives_the_rest_back()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 40);

        var answer = (await tenant.CommitAsync(id, 15)).Expect(HttpStatusCode.OK);

        Assert.Equal("COMMITTED", answer.Text("status"));
        Assert.Equal(15, answer.Amount("charged"));
        Assert.Equal(25, answer.Amount("released"));
        Assert.Equal(85, answer.Balance(tenant.Root, "remaining"));
        Assert.Equal(0, await tenant.AmountAsync("reserved"));
    }

    [Fact]
    public async Task A_release_gives_everything_back()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 40);

        Assert.Equal(40, (await tenant.ReleaseAsync(id)).Expect(HttpStatusCode.OK).Amount("released"));

        Assert.Equal(100, await tenant.AmountAsync("remaining"));
        (await tenant.CommitAsync(id, 1)).Expect(HttpStatusCode.Conflict, "RESERVATION_FINALIZED");
        (await tenant.ReleaseAsync(id, "other")).Expect(HttpStatusCode.Conflict, "RESERVATION_FINALIZED");
        (await tenant.ExtendAsync(id, 1000)).Expect(HttpStatusCode.Conflict, "RESERVATION_FINALIZED");
    }

    [Fact]
    public async Task A_commit_in_another_unit_is_a_mismatch()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 40);

        (await tenant.CommitAsync(id, 1, unit: "CREDITS")).Expect(HttpStatusCode.BadRequest, "UNIT_MISMATCH");
        (await tenant.CommitAsync(id, 1)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_commit_above_the_reservation_under_REJECT_changes_nothing()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10, ""","overage_policy":"REJECT" """);

        (await tenant.CommitAsync(id, 11)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");

        Assert.Equal(10, await tenant.AmountAsync("reserved"));
        (await tenant.CommitAsync(id, 10, "again")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ALLOW_IF_AVAILABLE_charges_what_is_there_and_marks_the_scopes_that_fell_short()
    {
        var tenant = await TestTenant.CreateAsync(Api, 1000);
        var agent = $"{tenant.Root}/agent:a";
        await tenant.CreateBudgetAsync(agent, 30);
        var id = await tenant.ReservedAsync("1", 20, ""","overage_policy":"ALLOW_IF_AVAILABLE" """, ""","agent":"a" """);

        var answer = (await tenant.CommitAsync(id, 50)).Expect(HttpStatusCode.OK);

        Assert.Equal(30, answer.Amount("charged"));
        Assert.Equal(970, answer.Balance(tenant.Root, "remaining"));
        Assert.True((bool)(await tenant.BalanceAsync(agent))["is_over_limit"]!);
        Assert.False((bool)(await tenant.BalanceAsync())["is_over_limit"]!);
        (await tenant.ReserveAsync("2", 0, subject: ""","agent":"a" """)).Expect(HttpStatusCode.Conflict, "OVERDRAFT_LIMIT_EXCEEDED");
        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task ALLOW_WITH_OVERDRAFT_goes_into_debt_up_to_its_limit()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100, ""","overdraft_limit":{"unit":"TOKENS","amount":50},"commit_overage_policy":"ALLOW_WITH_OVERDRAFT" """);
        var first = await tenant.ReservedAsync("1", 40);
        var second = await tenant.ReservedAsync("2", 60);

        Assert.Equal(50, (await tenant.CommitAsync(first, 90)).Expect(HttpStatusCode.OK).Balance(tenant.Root, "debt"));
        (await tenant.CommitAsync(second, 61)).Expect(HttpStatusCode.Conflict, "OVERDRAFT_LIMIT_EXCEEDED");
        (await tenant.CommitAsync(second, 60, "exact")).Expect(HttpStatusCode.OK);

        Assert.Equal(-50, await tenant.AmountAsync("remaining"));
        (await tenant.FundAsync("REPAY_DEBT", 70)).Expect(HttpStatusCode.OK);
        Assert.Equal(20, await tenant.AmountAsync("remaining"));
    }

    [Fact]
    public async Task Debt_without_an_overdraft_limit_blocks_reservations()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100, ""","overdraft_limit":{"unit":"TOKENS","amount":50}""");
        (await tenant.EventAsync("1", 120, ""","overage_policy":"ALLOW_WITH_OVERDRAFT" """)).Expect(HttpStatusCode.Created);
        await tenant.FundAsync("CREDIT", 1000);
        (await Api.SendAsync(
            HttpMethod.Patch,
            $"/v1/admin/budgets?scope={tenant.Root}&unit=TOKENS",
            ServerProcess.AdminKey,
            """{"overdraft_limit":{"unit":"TOKENS","amount":0}}""")).Expect(HttpStatusCode.OK);

        // Over its limit comes before its debt.
        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.Conflict, "OVERDRAFT_LIMIT_EXCEEDED");
        (await tenant.FundAsync("REPAY_DEBT", 20)).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Extending_moves_the_expiry_until_the_extensions_are_used_up()
    {
        var tenant = await TestTenant.CreateAsync(Api, settings: ""","max_reservation_extensions":2""");
        await tenant.CreateBudgetAsync(tenant.Root, 10);
        var reserved = (await tenant.ReserveAsync("1", 1)).Expect(HttpStatusCode.OK);
        var id = reserved.Text("reservation_id");

        var first = (await tenant.ExtendAsync(id, 5000, "a")).Expect(HttpStatusCode.OK);
        var second = (await tenant.ExtendAsync(id, 5000, "b")).Expect(HttpStatusCode.OK);

        Assert.Equal(reserved.Number("expires_at_ms") + 5000, first.Number("expires_at_ms"));
        Assert.Equal(first.Number("expires_at_ms") + 5000, second.Number("expires_at_ms"));
        (await tenant.ExtendAsync(id, 5000, "c")).Expect(HttpStatusCode.Conflict, "MAX_EXTENSIONS_EXCEEDED");
        Assert.Equal(first.Number("expires_at_ms"), (await tenant.ExtendAsync(id, 5000, "a")).Expect(HttpStatusCode.OK).Number("expires_at_ms"));
    }

    [Fact]
    public async Task What_lapses_gives_its_hold_back_and_is_gone()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 40, ""","ttl_ms":1000,"grace_period_ms":0""");

        await TestTenant.UntilAsync(async () => await tenant.AmountAsync("reserved") == 0);

        (await tenant.GetAsync($"/v1/reservations/{id}")).Expect(HttpStatusCode.Gone, "RESERVATION_EXPIRED");
        (await tenant.CommitAsync(id, 1)).Expect(HttpStatusCode.Gone, "RESERVATION_EXPIRED");
        (await tenant.ReleaseAsync(id)).Expect(HttpStatusCode.Gone, "RESERVATION_EXPIRED");
        (await tenant.ExtendAsync(id, 1000)).Expect(HttpStatusCode.Gone, "RESERVATION_EXPIRED");
        var rows = (await tenant.GetAsync("/v1/reservations?status=EXPIRED")).Expect(HttpStatusCode.OK)["reservations"]!.AsArray();
        Assert.Equal(id, (string)Assert.Single(rows)!["reservation_id"]!);
        Assert.Null(rows[0]!["finalized_at_ms"]);
    }

    [Fact]
    public async Task A_commit_is_taken_through_the_grace_period_and_an_extension_is_not()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var reserved = (await tenant.ReserveAsync("1", 40, ""","ttl_ms":1000,"grace_period_ms":30000""")).Expect(HttpStatusCode.OK);
        await Task.Delay(TimeSpan.FromMilliseconds(1100));

        (await tenant.ExtendAsync(reserved.Text("reservation_id"), 1000)).Expect(HttpStatusCode.Gone, "RESERVATION_EXPIRED");
        (await tenant.CommitAsync(reserved.Text("reservation_id"), 40)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_has_lapsed_causes_no_denial()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.ReservedAsync("1", 100, ""","ttl_ms":1000,"grace_period_ms":0""");
        await Task.Delay(TimeSpan.FromMilliseconds(1100));

        (await tenant.ReserveAsync("2", 100)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Commit_and_release_in_parallel_settle_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var tenant = await TestTenant.CreateAsync(Api, 100);
            var id = await tenant.ReservedAsync("1", 60);

            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
                i % 2 == 0 ? tenant.CommitAsync(id, 50, $"c{i}") : tenant.ReleaseAsync(id, $"r{i}")));

            var winner = Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
            Assert.Equal(winner.Text("status") == "COMMITTED" ? 50 : 100, await tenant.AmountAsync("remaining"));
            Assert.Equal(0, await tenant.AmountAsync("reserved"));
        }
    }
}
