using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class IdempotencyTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task Parallel_calls_with_one_key_make_one_reservation()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        var answers = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => tenant.ReserveAsync("same", 10)));

        Assert.Single(answers.Select(answer => answer.Expect(HttpStatusCode.OK).Text("reservation_id")).Distinct());
        Assert.Equal(90, await tenant.AmountAsync("remaining"));
    }

    [Fact]
    public async Task A_replay_repeats_the_first_answer_although_much_has_happened_since()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var reserved = await tenant.ReserveAsync("1", 10);
        var id = reserved.Text("reservation_id");
        var committed = await tenant.CommitAsync(id, 5);
        var charged = await tenant.EventAsync("1", 5);
        await tenant.FundAsync("CREDIT", 50);

        var replayed = (await tenant.ReserveAsync("1", 10)).Expect(HttpStatusCode.OK);

        Assert.Equal(0, replayed.Number("remaining_ttl_ms"));
        Assert.Equal(reserved.Number("expires_at_ms"), replayed.Number("expires_at_ms"));
        Assert.Equal(reserved["balances"]!.ToJsonString(), replayed["balances"]!.ToJsonString());
        Assert.Equal(committed.Body.ToJsonString(), (await tenant.CommitAsync(id, 5)).Body.ToJsonString());
        Assert.Equal(charged.Body.ToJsonString(), (await tenant.EventAsync("1", 5)).Body.ToJsonString());
        Assert.Equal(140, await tenant.AmountAsync("remaining"));
    }

    [Fact]
    public async Task The_same_key_with_another_payload_is_a_mismatch()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10);
        await tenant.EventAsync("1", 1);

        (await tenant.ReserveAsync("1", 11)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        (await tenant.EventAsync("1", 2)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        (await tenant.ExtendAsync(id, 1000)).Expect(HttpStatusCode.OK);
        (await tenant.ExtendAsync(id, 1001)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        (await tenant.CommitAsync(id, 5)).Expect(HttpStatusCode.OK);
        (await tenant.CommitAsync(id, 6)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
    }

    [Fact]
    public async Task A_denied_request_may_be_tried_again_under_its_key()
    {
        var tenant = await TestTenant.CreateAsync(Api, 5);
        (await tenant.ReserveAsync("1", 10)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        await tenant.FundAsync("CREDIT", 5);

        (await tenant.ReserveAsync("1", 10)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_header_and_the_body_must_say_the_same_key()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var body = tenant.Estimate("1", 10);

        (await Api.PostAsync("/v1/reservations", tenant.Key, body, ("X-Idempotency-Key", "2"))).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.PostAsync("/v1/reservations", tenant.Key, body, ("X-Idempotency-Key", "1"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_key_means_something_else_to_each_operation_and_each_tenant()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var other = await TestTenant.CreateAsync(Api, 100);

        var id = await tenant.ReservedAsync("1", 10);
        (await tenant.EventAsync("1", 10)).Expect(HttpStatusCode.Created);
        (await tenant.DecideAsync("1", 10)).Expect(HttpStatusCode.OK);
        (await tenant.CommitAsync(id, 10, "1")).Expect(HttpStatusCode.OK);

        Assert.NotEqual(id, await other.ReservedAsync("1", 10));
    }

    [Fact]
    public async Task A_funding_is_applied_once_for_each_key_on_each_budget()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a", 0);
        const string Key = ""","idempotency_key":"f" """;

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => tenant.FundAsync("CREDIT", 10, Key)));

        Assert.Single(answers.Select(answer => answer.Expect(HttpStatusCode.OK).Body.ToJsonString()).Distinct());
        Assert.Equal(110, await tenant.AmountAsync("allocated"));
        (await tenant.FundAsync("CREDIT", 11, Key)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        (await tenant.FundAsync("CREDIT", 10, Key, $"{tenant.Root}/agent:a")).Expect(HttpStatusCode.OK);
        Assert.Equal(10, await tenant.AmountAsync("allocated", $"{tenant.Root}/agent:a"));
    }
}
