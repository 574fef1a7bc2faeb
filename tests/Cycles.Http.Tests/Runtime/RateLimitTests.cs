using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class RateLimitTests(ServerFixture server)
{
    private const string AgentA = ""","agent":"a" """;
    private const string AgentB = ""","agent":"b" """;

    private Api Api => server.Api;

    [Fact]
    public async Task A_reserve_above_the_limit_is_told_when_to_come_again()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":3""");
        for (var i = 0; i < 3; i++)
        {
            (await tenant.ReserveAsync($"{i}", 1)).Expect(HttpStatusCode.OK);
        }

        var refused = (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");

        Assert.InRange(int.Parse(refused.Headers["Retry-After"]), 50, 60);
        Assert.InRange(long.Parse(refused.Headers["X-RateLimit-Reset"]) - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 49, 61);
        Assert.Equal(3, await tenant.AmountAsync("reserved"));
    }

    [Fact]
    public async Task Of_many_at_once_exactly_the_limit_is_taken()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":20""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => tenant.ReserveAsync($"{i}", 1)));

        Assert.Equal(20, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.All(
            answers.Where(answer => answer.Status != HttpStatusCode.OK),
            answer => answer.Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED"));
        Assert.Equal(20, await tenant.AmountAsync("reserved"));
    }

    [Fact]
    public async Task A_replay_is_neither_counted_nor_refused()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":2""");
        var first = await tenant.ReservedAsync("1", 1);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(first, await tenant.ReservedAsync("1", 1));
        }

        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        Assert.Equal(first, await tenant.ReservedAsync("1", 1));
        (await tenant.ReserveAsync("1", 2)).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
    }

    [Fact]
    public async Task A_retry_that_overtakes_the_first_request_is_no_second_one()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":1""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => tenant.ReserveAsync("same", 1)));

        Assert.All(answers, answer => answer.Expect(HttpStatusCode.OK));
        Assert.Single(answers.Select(answer => answer.Text("reservation_id")).Distinct());
    }

    [Fact]
    public async Task Every_scope_that_the_pattern_matches_has_its_own_count()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":2""", "agent:*");
        for (var i = 0; i < 2; i++)
        {
            (await tenant.ReserveAsync($"a{i}", 1, subject: AgentA)).Expect(HttpStatusCode.OK);
            (await tenant.ReserveAsync($"b{i}", 1, subject: AgentB)).Expect(HttpStatusCode.OK);
        }

        (await tenant.ReserveAsync("a", 1, subject: AgentA)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        (await tenant.ReserveAsync("b", 1, subject: AgentB)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        (await tenant.ReserveAsync("root", 1)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_request_counts_whether_or_not_a_budget_covers_it()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":3""");

        (await tenant.ReserveAsync("1", 10_000)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("3", 10_000)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");
        (await tenant.ReserveAsync("4", 10_000)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        (await tenant.ReserveAsync("5", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
    }

    [Fact]
    public async Task An_evaluation_counts_nothing_and_says_what_a_reserve_would_be_told()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":1""");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("ALLOW", (await tenant.DecideAsync($"{i}", 1)).Expect(HttpStatusCode.OK).Text("decision"));
            Assert.Equal("ALLOW", (await tenant.ReserveAsync($"dry{i}", 1, ""","dry_run":true""")).Expect(HttpStatusCode.OK).Text("decision"));
        }

        (await tenant.ReserveAsync("1", 1)).Expect(HttpStatusCode.OK);

        foreach (var denied in new[] { await tenant.DecideAsync("full", 1), await tenant.ReserveAsync("dry", 1, ""","dry_run":true""") })
        {
            denied.Expect(HttpStatusCode.OK);
            Assert.Equal(("DENY", "LIMIT_EXCEEDED"), (denied.Text("decision"), denied.Text("reason_code")));
            Assert.InRange(denied.Number("retry_after_ms"), 50_000, 60_000);
            Assert.Equal([tenant.Root], denied["affected_scopes"]!.AsArray().Select(scope => (string)scope!));
        }
    }

    [Fact]
    public async Task Commits_are_limited_on_their_own_and_their_replays_are_not()
    {
        var tenant = await LimitedAsync(""" "max_commits_per_minute":2""");
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await tenant.ReservedAsync($"{i}", 10));
        }

        (await tenant.CommitAsync(ids[0], 4)).Expect(HttpStatusCode.OK);
        (await tenant.CommitAsync(ids[1], 4)).Expect(HttpStatusCode.OK);
        var refused = (await tenant.CommitAsync(ids[2], 4)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");

        Assert.InRange(int.Parse(refused.Headers["Retry-After"]), 50, 60);
        (await tenant.CommitAsync(ids[0], 4)).Expect(HttpStatusCode.OK);
        (await tenant.CommitAsync(ids[0], 4, "other")).Expect(HttpStatusCode.Conflict, "RESERVATION_FINALIZED");
        (await tenant.ExtendAsync(ids[2], 1000)).Expect(HttpStatusCode.OK);
        (await tenant.ReleaseAsync(ids[3])).Expect(HttpStatusCode.OK);
        (await tenant.EventAsync("1", 1)).Expect(HttpStatusCode.Created);
        Assert.Equal(20, await tenant.AmountAsync("reserved"));
        Assert.Equal(9, await tenant.AmountAsync("spent"));
    }

    [Fact]
    public async Task A_commit_is_limited_by_the_policy_that_governs_now()
    {
        var tenant = await LimitedAsync(""" "max_commits_per_minute":1""");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await tenant.ReservedAsync($"{i}", 1));
        }

        (await tenant.CommitAsync(ids[0], 1)).Expect(HttpStatusCode.OK);
        (await tenant.CommitAsync(ids[1], 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        await LimitAsync(tenant, """{"max_commits_per_minute":2}""");
        (await tenant.CommitAsync(ids[1], 1)).Expect(HttpStatusCode.OK);
        (await tenant.CommitAsync(ids[2], 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        await LimitAsync(tenant, "{}");
        (await tenant.CommitAsync(ids[2], 1)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_limit_that_is_changed_counts_what_has_been()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":3""");
        (await tenant.ReserveAsync("1", 1)).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.OK);

        await LimitAsync(tenant, """{"max_reservations_per_minute":2}""");
        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        await LimitAsync(tenant, """{"max_reservations_per_minute":3}""");
        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.OK);
        await LimitAsync(tenant, "{}");
        (await tenant.ReserveAsync("4", 1)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_said_before_its_rate()
    {
        var tenant = await LimitedAsync(""" "max_reservations_per_minute":1""");
        (await tenant.ReserveAsync("1", 1)).Expect(HttpStatusCode.OK);
        (await tenant.PatchAsync("""{"status":"SUSPENDED"}""")).Expect(HttpStatusCode.OK);

        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await Api.PostAsync("/v1/reservations", tenant.Key, "{}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await tenant.PatchAsync("""{"status":"CLOSED"}""")).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
    }

    /// <summary>A tenant with a budget of 1,000 and one policy.</summary>
    private async Task<TestTenant> LimitedAsync(string limits, string? pattern = null)
    {
        var tenant = await TestTenant.CreateAsync(Api, 1000);
        (await Api.PostAsync(
            "/v1/admin/policies",
            ServerProcess.AdminKey,
            $$$"""{"tenant_id":"{{{tenant.Id}}}","name":"limits","scope_pattern":"{{{pattern ?? tenant.Root}}}","rate_limits":{{{{limits}}}}}""")).Expect(HttpStatusCode.Created);
        return tenant;
    }

    private async Task LimitAsync(TestTenant tenant, string limits)
    {
        var policies = await Api.GetAsync($"/v1/admin/policies?tenant_id={tenant.Id}", ServerProcess.AdminKey);
        (await Api.SendAsync(
            HttpMethod.Patch,
            $"/v1/admin/policies/{(string)policies["policies"]![0]!["policy_id"]!}",
            ServerProcess.AdminKey,
            $$"""{"rate_limits":{{limits}}}""")).Expect(HttpStatusCode.OK);
    }
}
