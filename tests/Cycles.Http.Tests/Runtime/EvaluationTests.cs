using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class EvaluationTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task A_decision_and_a_dry_run_hold_nothing()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        Assert.Equal("ALLOW", (await tenant.DecideAsync("1", 100)).Expect(HttpStatusCode.OK).Text("decision"));
        var dryRun = (await tenant.ReserveAsync("2", 100, ""","dry_run":true""")).Expect(HttpStatusCode.OK);

        Assert.Equal("ALLOW", dryRun.Text("decision"));
        Assert.Null(dryRun["reservation_id"]);
        Assert.Null(dryRun["expires_at_ms"]);
        Assert.Equal(100, await tenant.AmountAsync("remaining"));
        Assert.Empty((await tenant.GetAsync("/v1/reservations"))["reservations"]!.AsArray());
    }

    [Fact]
    public async Task They_deny_with_a_reason_where_a_reserve_would_fail()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var empty = await TestTenant.CreateAsync(Api);

        var exceeded = (await tenant.DecideAsync("1", 101)).Expect(HttpStatusCode.OK);
        var none = (await empty.ReserveAsync("1", 1, ""","dry_run":true""")).Expect(HttpStatusCode.OK);

        Assert.Equal(("DENY", "BUDGET_EXCEEDED"), (exceeded.Text("decision"), exceeded.Text("reason_code")));
        Assert.Equal(("DENY", "BUDGET_NOT_FOUND"), (none.Text("decision"), none.Text("reason_code")));
        Assert.Equal([empty.Root], none["affected_scopes"]!.AsArray().Select(scope => (string)scope!));
    }

    [Fact]
    public async Task A_wrong_unit_stays_an_error()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        await tenant.CreateBudgetAsync(tenant.Root, 100, unit: "CREDITS");

        (await tenant.DecideAsync("1", 1)).Expect(HttpStatusCode.BadRequest, "UNIT_MISMATCH");
        (await tenant.ReserveAsync("1", 1, ""","dry_run":true""")).Expect(HttpStatusCode.BadRequest, "UNIT_MISMATCH");
    }

    [Fact]
    public async Task The_caps_of_a_policy_make_it_ALLOW_WITH_CAPS()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await Api.PostAsync(
            "/v1/admin/policies",
            ServerProcess.AdminKey,
            $$$"""{"tenant_id":"{{{tenant.Id}}}","name":"small","scope_pattern":"{{{tenant.Root}}}/*","caps":{"max_tokens":7,"tool_denylist":["rm"]}}""")).Expect(HttpStatusCode.Created);

        var reserved = (await tenant.ReserveAsync("1", 1, subject: ""","agent":"a" """)).Expect(HttpStatusCode.OK);
        var decided = (await tenant.DecideAsync("1", 1, ""","agent":"a" """)).Expect(HttpStatusCode.OK);

        Assert.Equal("ALLOW_WITH_CAPS", reserved.Text("decision"));
        Assert.Equal(7, (long)reserved["caps"]!["max_tokens"]!);
        Assert.Equal("ALLOW_WITH_CAPS", decided.Text("decision"));
        Assert.Equal("ALLOW", (await tenant.ReserveAsync("2", 1)).Text("decision"));
    }

    [Fact]
    public async Task Both_are_replayed_as_they_were()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var decided = await tenant.DecideAsync("1", 101);
        var dryRun = await tenant.ReserveAsync("2", 60, ""","dry_run":true""");
        await tenant.FundAsync("CREDIT", 1000);

        Assert.Equal(decided.Body.ToJsonString(), (await tenant.DecideAsync("1", 101)).Body.ToJsonString());
        Assert.Equal(dryRun.Body.ToJsonString(), (await tenant.ReserveAsync("2", 60, ""","dry_run":true""")).Body.ToJsonString());
        (await tenant.DecideAsync("1", 102)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        (await tenant.ReserveAsync("2", 60)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
    }
}
