using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

public sealed class BudgetPeriodTests(ServerFixture server)
{
    private const string Path = "/v1/x-cycles/budgets/period";

    private Api Api => server.Api;

    [Theory]
    [InlineData("NONE", 100)]
    [InlineData("CARRY_FORWARD", 170)]
    [InlineData("CAP_AT_ALLOCATED", 170)]
    public async Task A_budget_rolls_by_its_policy_when_its_period_ends(string policy, long allocated)
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var end = In(seconds: 6);
        await tenant.CreateBudgetAsync(tenant.Root, 100, $$""","rollover_policy":"{{policy}}","period_end":"{{end:O}}" """);
        (await tenant.EventAsync("e", 30)).Expect(HttpStatusCode.Created);
        var held = await tenant.ReservedAsync("r", 20);
        var before = await LookUpAsync(tenant);
        Assert.Equal((end, 30, 20, 50), (Moment(before, "period_end"), before.Amount("spent"), before.Amount("reserved"), before.Amount("remaining")));

        var after = await LookUpAfterAsync(tenant, end);

        // Nobody said when the next period ends, so it has no end; what is held is charged to it.
        Assert.Equal((end, null), (Moment(after, "period_start"), after["period_end"]));
        Assert.Equal((allocated, 0, 20, allocated - 20), (after.Amount("allocated"), after.Amount("spent"), after.Amount("reserved"), after.Amount("remaining")));
        (await tenant.CommitAsync(held, 15)).Expect(HttpStatusCode.OK);
        var settled = await LookUpAsync(tenant);
        Assert.Equal((allocated, 15, 0), (settled.Amount("allocated"), settled.Amount("spent"), settled.Amount("reserved")));
    }

    [Fact]
    public async Task What_the_last_period_left_no_room_for_fits_into_the_next()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var end = In(seconds: 6);
        await tenant.CreateBudgetAsync(tenant.Root, 100, $$""","period_end":"{{end:O}}" """);
        (await tenant.EventAsync("e", 100)).Expect(HttpStatusCode.Created);
        (await tenant.ReserveAsync("early", 60)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");

        await UntilAsync(end);

        (await tenant.ReserveAsync("late", 60)).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("later", 60)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
    }

    [Fact]
    public async Task Each_period_can_be_spent_to_the_last_token_also_by_requests_at_its_end()
    {
        const int PerPeriod = 50;
        const int Workers = 8;
        var tenant = await TestTenant.CreateAsync(Api);
        var end = In(seconds: 6);
        var period = $$""","period_end":"{{end:O}}" """;
        await tenant.CreateBudgetAsync(tenant.Root, PerPeriod, period);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:x", PerPeriod, period);

        var spent = await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            var succeeded = 0;
            for (var i = 0; DateTimeOffset.UtcNow < end.AddSeconds(2); i++)
            {
                var answer = await tenant.EventAsync($"{worker}-{i}", 1, ""","overage_policy":"REJECT" """, ""","agent":"x" """);
                succeeded += answer.Status == HttpStatusCode.Created ? 1 : 0;
            }

            return succeeded;
        }));

        Assert.Equal(2 * PerPeriod, spent.Sum());
        Assert.Equal((PerPeriod, PerPeriod), (await tenant.AmountAsync("spent"), await tenant.AmountAsync("spent", $"{tenant.Root}/agent:x")));
    }

    [Fact]
    public async Task What_is_in_flight_when_a_period_ends_is_counted_once()
    {
        const long PerPeriod = 1_000_000;
        const int Workers = 8;
        var tenant = await TestTenant.CreateAsync(Api);
        var end = In(seconds: 6);
        string[] scopes = [tenant.Root, $"{tenant.Root}/app:a", $"{tenant.Root}/app:a/agent:x"];
        for (var i = 0; i < scopes.Length; i++)
        {
            // Not quite at once: an operation on all three meets scopes before and after their ends.
            await tenant.CreateBudgetAsync(scopes[i], PerPeriod, $$""","rollover_policy":"CARRY_FORWARD","period_end":"{{end.AddMilliseconds(150 * i):O}}" """);
        }

        const string Subject = ""","app":"a","agent":"x" """;
        var charged = await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            var sum = 0L;
            for (var i = 1; DateTimeOffset.UtcNow < end.AddSeconds(1); i++)
            {
                var id = await tenant.ReservedAsync($"{worker}-{i}", 10, "", Subject);
                if (i % 4 == 0)
                {
                    (await tenant.ReleaseAsync(id)).Expect(HttpStatusCode.OK);
                }
                else
                {
                    // Below what was held, as much, and above.
                    sum += (await tenant.CommitAsync(id, 5 * (i % 4))).Expect(HttpStatusCode.OK).Amount("charged");
                }
            }

            return sum;
        }));

        foreach (var scope in scopes)
        {
            Assert.Equal((2 * PerPeriod) - charged.Sum(), await tenant.AmountAsync("remaining", scope));
            Assert.Equal(0, await tenant.AmountAsync("reserved", scope));
        }
    }

    [Fact]
    public async Task The_audit_log_says_once_what_the_end_of_a_period_did_and_who_set_it()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await tenant.EventAsync("e", 40)).Expect(HttpStatusCode.Created);
        (await tenant.FundAsync("CREDIT", 5, ""","reason":"bonus","metadata":{"ticket":7}""")).Expect(HttpStatusCode.OK);
        var start = In(seconds: 6);
        (await PutAsync(tenant, $$"""{"recurrence":"DAILY","starts_at":"{{start:O}}"}""", tenant.Key)).Expect(HttpStatusCode.OK);
        (await PutAsync(tenant, $$"""{"recurrence":"DAILY","starts_at":"{{start:O}}"}""", tenant.Key)).Expect(HttpStatusCode.OK);

        var ledger = await LookUpAfterAsync(tenant, start);
        await LookUpAsync(tenant);

        var rollover = Assert.Single(await AuditAsync(tenant, "budget_period_rollover"));
        Assert.Equal((ledger.Text("ledger_id"), 200), ((string)rollover["resource_id"]!, (int)rollover["status"]!));
        var metadata = rollover["metadata"]!;
        Assert.Equal(("system", 1), ((string)metadata["actor_type"]!, (long)metadata["periods"]!));
        Assert.Equal((105, 40), ((long)metadata["previous_state"]!["allocated"]!, (long)metadata["previous_state"]!["spent"]!));
        Assert.Equal((105, 0), ((long)metadata["new_state"]!["allocated"]!, (long)metadata["new_state"]!["spent"]!));
        var set = Assert.Single(await AuditAsync(tenant, "setBudgetPeriod"));
        Assert.Equal(("api_key", "DAILY"), ((string)set["metadata"]!["actor_type"]!, (string)set["metadata"]!["recurrence"]!));
        var funded = Assert.Single(await AuditAsync(tenant, "fundBudget"));
        Assert.Equal(("bonus", 7), ((string)funded["metadata"]!["reason"]!, (long)funded["metadata"]!["metadata"]!["ticket"]!));
    }

    [Fact]
    public async Task Nothing_of_a_closed_tenant_rolls_any_more()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var end = In(seconds: 6);
        await tenant.CreateBudgetAsync(tenant.Root, 100, $$""","period_end":"{{end:O}}" """);
        (await tenant.EventAsync("e", 30)).Expect(HttpStatusCode.Created);
        (await tenant.PatchAsync("""{"status":"CLOSED"}""")).Expect(HttpStatusCode.OK);

        var after = await LookUpAfterAsync(tenant, end);

        Assert.Equal((30, 70), (after.Amount("spent"), after.Amount("remaining")));
        Assert.Equal(end, Moment(after, "period_end"));
    }

    [Fact]
    public async Task Periods_that_recur_roll_into_the_next()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await tenant.EventAsync("e", 40)).Expect(HttpStatusCode.Created);
        var start = In(seconds: 6);
        var put = (await PutAsync(tenant, $$"""{"recurrence":"MONTHLY","starts_at":"{{start:O}}","rollover_policy":"CARRY_FORWARD"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal((start, 100, "CARRY_FORWARD"), (Moment(put, "period_end"), put.Amount("allocated"), put.Text("rollover_policy")));

        // A credit is for this period, the freeze is for longer: time goes on for a frozen budget.
        (await tenant.FundAsync("CREDIT", 25)).Expect(HttpStatusCode.OK);
        (await Api.PostAsync($"/v1/admin/budgets/freeze?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, """{"reason":"r","metadata":{"a":1}}""")).Expect(HttpStatusCode.OK);
        var after = await LookUpAfterAsync(tenant, start);

        Assert.Equal((start, start.AddMonths(1)), (Moment(after, "period_start"), Moment(after, "period_end")));
        Assert.Equal((185, 0, "FROZEN"), (after.Amount("allocated"), after.Amount("spent"), after.Text("status")));
        Assert.Equal(100, (await GetAsync(tenant)).Expect(HttpStatusCode.OK).Amount("allocated"));
    }

    [Fact]
    public async Task A_period_is_set_again_and_again_shown_and_removed()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await GetAsync(tenant)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");

        var first = (await PutAsync(tenant, """{"recurrence":"WEEKLY","allocated":{"unit":"TOKENS","amount":70}}""")).Expect(HttpStatusCode.OK);
        var again = (await PutAsync(tenant, """{"recurrence":"WEEKLY","allocated":{"unit":"TOKENS","amount":70}}""")).Expect(HttpStatusCode.OK);
        var shown = (await GetAsync(tenant)).Expect(HttpStatusCode.OK);
        var ledger = await LookUpAsync(tenant);

        Assert.Equal(first.Body.ToJsonString(), again.Body.ToJsonString());
        Assert.Equal(first.Body.ToJsonString(), shown.Body.ToJsonString());
        Assert.Equal(DayOfWeek.Monday, Moment(ledger, "period_start").DayOfWeek);
        Assert.Equal(TimeSpan.FromDays(7), Moment(ledger, "period_end") - Moment(ledger, "period_start"));
        Assert.Equal(100, ledger.Amount("allocated"));

        Assert.Null((await DeleteAsync(tenant)).Expect(HttpStatusCode.OK)["period_end"]);
        Assert.Null((await DeleteAsync(tenant)).Expect(HttpStatusCode.OK)["period_start"]);
        (await GetAsync(tenant)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task What_a_period_begins_with_follows_a_reset()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await PutAsync(tenant, """{"recurrence":"DAILY"}""")).Expect(HttpStatusCode.OK);

        (await tenant.FundAsync("CREDIT", 11)).Expect(HttpStatusCode.OK);
        Assert.Equal(100, (await GetAsync(tenant)).Amount("allocated"));
        (await tenant.FundAsync("RESET", 50)).Expect(HttpStatusCode.OK);
        Assert.Equal(50, (await GetAsync(tenant)).Amount("allocated"));
        (await tenant.FundAsync("RESET_SPENT", 60)).Expect(HttpStatusCode.OK);
        Assert.Equal(60, (await GetAsync(tenant)).Amount("allocated"));
    }

    [Fact]
    public async Task A_tenants_own_key_sets_the_periods_of_its_budgets_alone()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var other = await TestTenant.CreateAsync(Api, 100);
        var reader = await TestTenant.CreateKeyAsync(Api, tenant.Id, ""","permissions":["budgets:read"]""");

        (await PutAsync(tenant, """{"recurrence":"DAILY"}""", tenant.Key)).Expect(HttpStatusCode.OK);
        (await PutAsync(tenant, """{"recurrence":"DAILY"}""", other.Key)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await PutAsync(tenant, """{"recurrence":"DAILY"}""", reader)).Expect(HttpStatusCode.Forbidden);
        (await PutAsync(tenant, """{"recurrence":"DAILY"}""", "cyc_live_nobody")).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await Api.GetAsync($"{Path}?{Target(tenant)}", reader)).Expect(HttpStatusCode.OK);
        (await Api.GetAsync($"{Path}?{Target(tenant)}", other.Key)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await Api.SendAsync(HttpMethod.Delete, $"{Path}?{Target(tenant)}", other.Key)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"recurrence":"HOURLY"}""")]
    [InlineData("""{"recurrence":1}""")]
    [InlineData("""{"recurrence":null}""")]
    [InlineData("""{"recurrence":"DAILY","rollover_policy":"SOME"}""")]
    [InlineData("""{"recurrence":"DAILY","starts_at":"tomorrow"}""")]
    [InlineData("""{"recurrence":"DAILY","starts_at":"9999-12-31T00:00:00Z"}""")]
    [InlineData("""{"recurrence":"DAILY","allocated":{"unit":"TOKENS","amount":-1}}""")]
    [InlineData("""{"recurrence":"DAILY","allocated":{"unit":"CREDITS","amount":1}}""", "UNIT_MISMATCH")]
    [InlineData("""{"recurrence":"DAILY","period_end":"2030-01-01T00:00:00Z"}""")]
    public async Task A_period_that_cannot_be_is_refused_and_changes_nothing(string body, string error = "INVALID_REQUEST")
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        (await PutAsync(tenant, body)).Expect(HttpStatusCode.BadRequest, error);

        (await GetAsync(tenant)).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task A_period_is_of_a_budget_that_there_is()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        const string Daily = """{"recurrence":"DAILY"}""";

        (await Api.SendAsync(HttpMethod.Put, $"{Path}?scope={tenant.Root}&unit=CREDITS", ServerProcess.AdminKey, Daily)).Expect(HttpStatusCode.NotFound, "BUDGET_NOT_FOUND");
        (await Api.SendAsync(HttpMethod.Delete, $"{Path}?scope={tenant.Root}/agent:x&unit=TOKENS", ServerProcess.AdminKey)).Expect(HttpStatusCode.NotFound, "BUDGET_NOT_FOUND");
        (await Api.GetAsync($"{Path}?scope=tenant:no-such-tenant&unit=TOKENS", ServerProcess.AdminKey)).Expect(HttpStatusCode.NotFound, "BUDGET_NOT_FOUND");
        (await Api.GetAsync($"{Path}?scope={tenant.Root}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.SendAsync(HttpMethod.Put, $"{Path}?{Target(tenant)}&tenant_id=another", ServerProcess.AdminKey, Daily)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await tenant.PatchAsync("""{"status":"CLOSED"}""")).Expect(HttpStatusCode.OK);
        (await PutAsync(tenant, Daily)).Expect(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData(""" "period_start":"2030-01-02T00:00:00Z","period_end":"2030-01-01T00:00:00Z" """)]
    [InlineData(""" "period_start":"2030-01-01T00:00:00Z","period_end":"2030-01-01T00:00:00Z" """)]
    [InlineData(""" "period_end":"2020-01-01T00:00:00Z" """)]
    [InlineData(""" "period_end":"soon" """)]
    [InlineData(""" "rollover_policy":"ALL" """)]
    [InlineData(""" "rollover_policy":1 """)]
    public async Task A_budget_with_a_period_that_cannot_be_is_not_made(string period)
    {
        var tenant = await TestTenant.CreateAsync(Api);

        (await Api.PostAsync(
            "/v1/admin/budgets",
            tenant.Key,
            $$$"""{"scope":"{{{tenant.Root}}}","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1},{{{period}}}}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        (await Api.GetAsync($"/v1/admin/budgets/lookup?{Target(tenant)}", ServerProcess.AdminKey)).Expect(HttpStatusCode.NotFound, "BUDGET_NOT_FOUND");
    }

    private static DateTimeOffset In(int seconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.AddSeconds(seconds).ToUnixTimeMilliseconds());

    private static string Target(TestTenant tenant) => $"scope={tenant.Root}&unit=TOKENS";

    private static DateTimeOffset Moment(Answer answer, string name) => DateTimeOffset.Parse(answer.Text(name), CultureInfo.InvariantCulture);

    /// <summary>The server's clock is this machine's, read over a connection: it may be behind by half of the longest round trip that it accepts.</summary>
    private static Task UntilAsync(DateTimeOffset moment)
    {
        var wait = moment - DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(200);
        return Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private async Task<Answer> LookUpAsync(TestTenant tenant) =>
        (await Api.GetAsync($"/v1/admin/budgets/lookup?{Target(tenant)}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);

    private async Task<Answer> LookUpAfterAsync(TestTenant tenant, DateTimeOffset moment)
    {
        await UntilAsync(moment);
        return await LookUpAsync(tenant);
    }

    private Task<JsonNode[]> AuditAsync(TestTenant tenant, string operation) =>
        new AuditLog(Api).QueryAsync($"tenant_id={tenant.Id}&operation={operation}");

    private Task<Answer> GetAsync(TestTenant tenant) => Api.GetAsync($"{Path}?{Target(tenant)}&tenant_id={tenant.Id}", ServerProcess.AdminKey);

    private Task<Answer> DeleteAsync(TestTenant tenant) => Api.SendAsync(HttpMethod.Delete, $"{Path}?{Target(tenant)}", ServerProcess.AdminKey);

    private Task<Answer> PutAsync(TestTenant tenant, string body, string key = ServerProcess.AdminKey) =>
        Api.SendAsync(HttpMethod.Put, $"{Path}?{Target(tenant)}", key, body);
}
