using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

/// <summary>Which refusal is told when several budgets of a path refuse: reserve, dry run and decide tell the same.</summary>
public sealed class RefusalOrderTests(ServerFixture server)
{
    private const string Subject = ""","agent":"a" """;

    private Api Api => server.Api;

    [Fact]
    public async Task An_over_limit_leaf_goes_before_a_root_without_budget()
    {
        var (tenant, agent) = await CreateAsync(root: 10, agent: 5);
        await PutOverLimitAsync(tenant);

        var answer = await RefusedAsync(tenant, 50, "OVERDRAFT_LIMIT_EXCEEDED");

        Assert.Contains(agent, answer.Text("message"));
    }

    [Fact]
    public async Task An_over_limit_root_goes_before_a_leaf_without_budget()
    {
        var (tenant, _) = await CreateAsync(root: 10, agent: 1);
        await tenant.EventAsync("over", 50);

        var answer = await RefusedAsync(tenant, 50, "OVERDRAFT_LIMIT_EXCEEDED");

        Assert.Contains($"Scope {tenant.Root} ", answer.Text("message"));
    }

    [Fact]
    public async Task A_frozen_leaf_goes_before_a_root_that_is_over_limit()
    {
        var (tenant, agent) = await CreateAsync(root: 10, agent: 5);
        await tenant.EventAsync("over", 50);
        (await Api.PostAsync(
            $"/v1/admin/budgets/freeze?scope={agent}&unit={TestTenant.Unit}", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.OK);

        var answer = await RefusedAsync(tenant, 50, "BUDGET_FROZEN");
        Assert.Contains(agent, answer.Text("message"));
        (await tenant.EventAsync("frozen", 50, ""","overage_policy":"REJECT" """, Subject)).Expect(HttpStatusCode.Conflict, "BUDGET_FROZEN");
    }

    [Fact]
    public async Task Of_two_scopes_without_budget_the_one_nearest_to_the_root_is_told()
    {
        var (tenant, _) = await CreateAsync(root: 10, agent: 5);

        Assert.Contains($"scope {tenant.Root}", (await RefusedAsync(tenant, 50, "BUDGET_EXCEEDED")).Text("message").TrimEnd());
    }

    private async Task<(TestTenant Tenant, string Agent)> CreateAsync(long root, long agent)
    {
        var tenant = await TestTenant.CreateAsync(Api, root);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a", agent);
        return (tenant, $"{tenant.Root}/agent:a");
    }

    /// <summary>An event that costs more than the leaf has left: it is charged what the leaf has left, and the leaf, the only scope that fell short, is then over its limit.</summary>
    private static async Task PutOverLimitAsync(TestTenant tenant) =>
        (await tenant.EventAsync("leaf", 6, subject: Subject)).Expect(HttpStatusCode.Created);

    /// <summary>Reserves twice, as the second is refused from memory, and asks a dry run and decide for the same.</summary>
    private static async Task<Answer> RefusedAsync(TestTenant tenant, long amount, string error)
    {
        var first = (await tenant.ReserveAsync("r1", amount, subject: Subject)).Expect(HttpStatusCode.Conflict, error);
        var again = (await tenant.ReserveAsync("r2", amount, subject: Subject)).Expect(HttpStatusCode.Conflict, error);
        Assert.Equal(first.Text("message"), again.Text("message"));
        Assert.Equal(error, (await tenant.ReserveAsync("d1", amount, ""","dry_run":true""", Subject)).Expect(HttpStatusCode.OK).Text("reason_code"));
        Assert.Equal(error, (await tenant.DecideAsync("d2", amount, Subject)).Expect(HttpStatusCode.OK).Text("reason_code"));
        return first;
    }
}
