using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

public sealed class BudgetListTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task Budgets_of_all_tenants_are_listed_by_what_they_are_now()
    {
        var mark = NewMark();
        var half = await CreateAsync(mark, allocated: 100);
        var empty = await CreateAsync(mark, allocated: 100);
        var full = await CreateAsync(mark, allocated: 100);

        Assert.Equal(3, (await ListAsync($"search={mark}")).Length);
        (await half.EventAsync("1", 50, subject: Workspace(mark))).Expect(HttpStatusCode.Created);
        (await full.EventAsync("1", 100, subject: Workspace(mark))).Expect(HttpStatusCode.Created);

        // Highest utilization first is the default, and a list read after a change shows it.
        Assert.Equal([full.Id, half.Id, empty.Id], await ListAsync($"search={mark}"));
        Assert.Equal([empty.Id, half.Id, full.Id], await ListAsync($"search={mark}&sort_by=utilization&sort_dir=asc"));
        Assert.Equal([full.Id], await ListAsync($"search={mark}&utilization_min=0.9"));
        Assert.Equal([half.Id, empty.Id], await ListAsync($"search={mark}&utilization_max=0.5"));
        Assert.Equal([half.Id], await ListAsync($"search={mark}&utilization_min=0.5&utilization_max=0.5"));
    }

    [Fact]
    public async Task Reservations_show_in_the_list_as_soon_as_they_are_answered()
    {
        var mark = NewMark();
        var tenant = await CreateAsync(mark, allocated: 1000);
        for (var i = 1; i <= 20; i++)
        {
            await tenant.ReservedAsync($"{i}", 7, subject: Workspace(mark));
            var ledger = (await Api.GetAsync($"/v1/admin/budgets?search={mark}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["ledgers"]![0]!;
            Assert.Equal(7 * i, (long)ledger["reserved"]!["amount"]!);
            Assert.Equal(1000 - (7 * i), (long)ledger["remaining"]!["amount"]!);
        }
    }

    [Fact]
    public async Task A_budget_that_moves_up_is_on_the_first_page_at_once()
    {
        var mark = NewMark();
        for (var spent = 10; spent <= 40; spent += 10)
        {
            var tenant = await CreateAsync(mark, allocated: 100);
            Assert.DoesNotContain(tenant.Id, spent == 10 ? [] : await ListAsync($"search={mark}&limit=1"));
            (await tenant.EventAsync("1", spent, subject: Workspace(mark))).Expect(HttpStatusCode.Created);
            Assert.Equal([tenant.Id], await ListAsync($"search={mark}&limit=1"));
        }
    }

    [Theory]
    [InlineData("sort_by=scope")]
    [InlineData("sort_by=utilization")]
    [InlineData("sort_by=status&has_debt=false")]
    public async Task Whatever_work_does_to_a_budget_shows_however_it_is_listed(string query)
    {
        var mark = NewMark();
        var tenant = await CreateAsync(mark, allocated: 1000);
        for (var i = 1; i <= 5; i++)
        {
            var id = await tenant.ReservedAsync($"{i}", 100, subject: Workspace(mark));
            await ExpectAsync(reserved: 100, spent: 10 * (i - 1));
            (await tenant.CommitAsync(id, 10)).Expect(HttpStatusCode.OK);
            await ExpectAsync(reserved: 0, spent: 10 * i);
        }

        async Task ExpectAsync(int reserved, int spent)
        {
            var ledgers = (await Api.GetAsync($"/v1/admin/budgets?search={mark}&{query}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["ledgers"]!;
            Assert.Equal((reserved, spent), ((int)ledgers[0]!["reserved"]!["amount"]!, (int)ledgers[0]!["spent"]!["amount"]!));
        }
    }

    [Fact]
    public async Task Filters_go_by_status_unit_debt_and_limit()
    {
        var mark = NewMark();
        var overdrawn = await CreateAsync(mark, 10, ""","overdraft_limit":{"unit":"TOKENS","amount":100},"commit_overage_policy":"ALLOW_WITH_OVERDRAFT" """);
        var plain = await CreateAsync(mark, 10);
        await plain.CreateBudgetAsync(Scope(plain, mark), 10, unit: "CREDITS");
        (await overdrawn.EventAsync("1", 50, ""","overage_policy":"ALLOW_WITH_OVERDRAFT" """, Workspace(mark))).Expect(HttpStatusCode.Created);

        Assert.Equal([overdrawn.Id], await ListAsync($"search={mark}&has_debt=true"));
        Assert.Equal([plain.Id, plain.Id], await ListAsync($"search={mark}&has_debt=false"));
        Assert.Equal([plain.Id], await ListAsync($"search={mark}&unit=CREDITS"));
        Assert.Empty(await ListAsync($"search={mark}&over_limit=true"));
        Assert.Equal(overdrawn.Id, (await ListAsync($"search={mark}&sort_by=debt"))[0]);
        Assert.Equal(overdrawn.Id, (await ListAsync($"search={mark}&sort_by=commit_overage_policy"))[0]);
        Assert.Equal("CREDITS", (await LedgersAsync($"search={mark}&sort_by=unit&sort_dir=asc")).First().Unit);

        var target = $"scope={Scope(overdrawn, mark)}&unit=TOKENS";
        (await Api.SendAsync(HttpMethod.Patch, $"/v1/admin/budgets?{target}", ServerProcess.AdminKey, """{"overdraft_limit":{"unit":"TOKENS","amount":20}}""")).Expect(HttpStatusCode.OK);
        (await Api.PostAsync($"/v1/admin/budgets/freeze?{target}", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.OK);

        Assert.Equal([overdrawn.Id], await ListAsync($"search={mark}&over_limit=true"));
        Assert.Equal([plain.Id, plain.Id], await ListAsync($"search={mark}&over_limit=false"));
        Assert.Equal([overdrawn.Id], await ListAsync($"search={mark}&status=FROZEN"));
        Assert.Equal(overdrawn.Id, (await ListAsync($"search={mark}&sort_by=status"))[0]);
        Assert.Empty(await ListAsync($"search={mark}&status=CLOSED"));
    }

    [Fact]
    public async Task A_tenant_lists_its_own_with_the_same_filters()
    {
        var mark = NewMark();
        var tenant = await CreateAsync(mark, 10);
        var other = await CreateAsync(mark, 10);
        await tenant.CreateBudgetAsync(tenant.Root, 10);
        await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:w2", 10);

        var own = (await Api.GetAsync($"/v1/admin/budgets?tenant_id={other.Id}&sort_by=scope&sort_dir=asc", tenant.Key)).Expect(HttpStatusCode.OK);
        Assert.Equal(
            [tenant.Root, Scope(tenant, mark), $"{tenant.Root}/workspace:w2"],
            own["ledgers"]!.AsArray().Select(ledger => (string)ledger!["scope"]!));
        Assert.Equal([tenant.Id], await ListAsync($"tenant_id={tenant.Id}&scope_prefix={Scope(tenant, mark)}"));
        Assert.Equal(3, (await ListAsync($"tenant_id={tenant.Id}")).Length);
        Assert.Empty(await ListAsync("tenant_id=no-such-tenant"));
        Assert.Empty(await ListAsync("tenant_id=No%20Tenant"));
    }

    [Fact]
    public async Task A_scope_prefix_is_a_scope_with_all_below_it()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var (eng, child, engineering) = ($"{tenant.Root}/workspace:eng", $"{tenant.Root}/workspace:eng/agent:x", $"{tenant.Root}/workspace:engineering");
        foreach (var scope in new[] { eng, child, engineering })
        {
            await tenant.CreateBudgetAsync(scope, 10);
        }

        foreach (var (prefix, scopes) in new (string, string[])[]
        {
            (tenant.Root, [eng, child, engineering]),
            ($"{tenant.Root}/workspace:ENG", [eng, child]),
            ($"{tenant.Root}/workspace:", [eng, child, engineering]),
            ($"{eng}/", [child]),
            ($"{tenant.Root}/workspace:en", []),
            (tenant.Root[..^1], []),
        })
        {
            var listed = await LedgersAsync($"scope_prefix={prefix}&sort_by=scope&sort_dir=asc");
            var balances = (await tenant.GetAsync($"/v1/balances?scope_prefix={prefix}")).Expect(HttpStatusCode.OK)["balances"]!.AsArray();
            Assert.Equal(scopes, listed.Select(ledger => ledger.Scope));
            Assert.Equal(scopes, balances.Select(balance => (string)balance!["scope"]!));
        }
    }

    [Theory]
    [InlineData("tenant_id")]
    [InlineData("scope")]
    [InlineData("unit")]
    [InlineData("status")]
    [InlineData("commit_overage_policy")]
    [InlineData("utilization")]
    [InlineData("debt")]
    public async Task Pages_in_either_direction_show_everything_once(string sort)
    {
        var mark = NewMark();
        for (var i = 0; i < 3; i++)
        {
            var tenant = await CreateAsync(mark, 10 * (i + 1));
            await tenant.CreateBudgetAsync($"{Scope(tenant, mark)}/agent:a", 10);
            (await tenant.EventAsync("1", 5, subject: Workspace(mark))).Expect(HttpStatusCode.Created);
        }

        foreach (var direction in new[] { "asc", "desc" })
        {
            var query = $"search={mark}&sort_by={sort}&sort_dir={direction}";
            var whole = (await LedgersAsync(query)).Select(ledger => ledger.Id).ToArray();
            var paged = new List<string>();
            for (string? cursor = null; ;)
            {
                var page = (await Api.GetAsync($"/v1/admin/budgets?{query}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
                paged.AddRange(page["ledgers"]!.AsArray().Select(ledger => (string)ledger!["ledger_id"]!));
                cursor = (string?)page["next_cursor"];
                Assert.Equal(cursor is not null, (bool)page["has_more"]!);
                if (cursor is null)
                {
                    break;
                }
            }

            Assert.Equal(6, whole.Length);
            Assert.Equal(whole, paged);
        }
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_filters_and_its_sort()
    {
        var mark = NewMark();
        await CreateAsync(mark, 10);
        await CreateAsync(mark, 10);
        var cursor = (await Api.GetAsync($"/v1/admin/budgets?search={mark}&limit=1", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK).Text("next_cursor");

        Assert.Single(await ListAsync($"search={mark}&limit=1&cursor={cursor}"));
        foreach (var other in new[] { "", $"search={mark}&sort_by=debt", $"search={mark}&sort_dir=asc", $"search={mark}&status=ACTIVE", $"search={mark}&utilization_min=0" })
        {
            (await Api.GetAsync($"/v1/admin/budgets?{other}&cursor={cursor}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        }

        (await Api.GetAsync("/v1/admin/budgets?cursor=nonsense", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Theory]
    [InlineData("utilization_min=0.6&utilization_max=0.5")]
    [InlineData("utilization_min=1.1")]
    [InlineData("utilization_max=-0.1")]
    [InlineData("utilization_min=much")]
    [InlineData("sort_by=colour")]
    [InlineData("sort_dir=up")]
    [InlineData("status=OPEN")]
    [InlineData("unit=SHELLS")]
    [InlineData("over_limit=perhaps")]
    [InlineData("limit=many")]
    public async Task What_is_no_filter_is_refused(string query) =>
        (await Api.GetAsync($"/v1/admin/budgets?{query}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

    [Fact]
    public async Task Limits_are_clamped_and_long_searches_refused()
    {
        var mark = NewMark();
        await CreateAsync(mark, 10);
        await CreateAsync(mark, 10);

        Assert.Equal(2, (await ListAsync($"search={mark}&limit=1000000")).Length);
        Assert.Single(await ListAsync($"search={mark}&limit=0"));
        Assert.Equal(2, (await ListAsync($"search=%20{mark.ToUpperInvariant()}%20")).Length);
        Assert.NotEmpty(await ListAsync("search=&unknown=parameter"));
        (await Api.GetAsync($"/v1/admin/budgets?search={new string('x', 129)}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    private static string NewMark() => $"m{Guid.NewGuid():N}"[..12];

    private static string Workspace(string mark) => $",\"workspace\":\"{mark}\"";

    private static string Scope(TestTenant tenant, string mark) => $"{tenant.Root}/workspace:{mark}";

    /// <summary>A tenant with a budget that only a search for the mark finds.</summary>
    private async Task<TestTenant> CreateAsync(string mark, long allocated, string budget = "")
    {
        var tenant = await TestTenant.CreateAsync(Api);
        await tenant.CreateBudgetAsync(Scope(tenant, mark), allocated, budget);
        return tenant;
    }

    private async Task<string[]> ListAsync(string query) => [.. (await LedgersAsync(query)).Select(ledger => ledger.TenantId)];

    private async Task<IEnumerable<(string Id, string TenantId, string Unit, string Scope)>> LedgersAsync(string query) =>
        (await Api.GetAsync($"/v1/admin/budgets?{query}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["ledgers"]!.AsArray()
        .Select(ledger => ((string)ledger!["ledger_id"]!, (string)ledger["tenant_id"]!, (string)ledger["unit"]!, (string)ledger["scope"]!));
}
