using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class ListingTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task Pages_go_through_everything_once_newest_first()
    {
        var tenant = await TestTenant.CreateAsync(Api, 1000);
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await tenant.ReservedAsync($"{i}", i));
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await tenant.GetAsync($"/v1/reservations?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(HttpStatusCode.OK);
            seen.AddRange(page["reservations"]!.AsArray().Select(row => (string)row!["reservation_id"]!));
            cursor = (string?)page["next_cursor"];
            Assert.Equal(cursor is not null, (bool)page["has_more"]!);
        }
        while (cursor is not null);

        // Those of one millisecond stand by their ids.
        Assert.Equal(ids.Order(), seen.Order());
        Assert.Equal(7, seen.Distinct().Count());
    }

    [Fact]
    public async Task Every_filter_filters()
    {
        var tenant = await TestTenant.CreateAsync(Api, 1000);
        var committed = await tenant.ReservedAsync("1", 5, subject: ""","workspace":"W","agent":"a" """);
        await tenant.CommitAsync(committed, 5);
        var active = await tenant.ReservedAsync("2", 7, subject: ""","app":"b","toolset":"t" """);

        async Task<string[]> ListAsync(string query) => [.. (await tenant.GetAsync($"/v1/reservations?{query}")).Expect(HttpStatusCode.OK)["reservations"]!
            .AsArray().Select(row => (string)row!["reservation_id"]!)];

        Assert.Equal([committed], await ListAsync("status=COMMITTED"));
        Assert.Equal([active], await ListAsync("status=ACTIVE"));
        Assert.Equal([committed], await ListAsync("workspace=w"));
        Assert.Equal([committed], await ListAsync("agent=a&workspace=w"));
        Assert.Equal([active], await ListAsync("toolset=t"));
        Assert.Empty(await ListAsync("toolset=t&agent=a"));
        Assert.Equal([active], await ListAsync("idempotency_key=2"));
        Assert.Empty(await ListAsync("idempotency_key=3"));
        Assert.Equal([committed], await ListAsync("finalized_from=2020-01-01T00:00:00Z"));
        Assert.Empty(await ListAsync("to=2020-01-01T00:00:00Z"));
        Assert.Equal(2, (await ListAsync("from=2020-01-01T00:00:00Z&to=&expires_from=&finalized_to=")).Length);
        Assert.Equal([committed, active], await ListAsync("sort_by=reserved&sort_dir=asc"));
        Assert.Equal([active, committed], await ListAsync("sort_by=reserved"));
        Assert.Equal(2, (await ListAsync($"tenant={tenant.Id}")).Length);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=x")]
    [InlineData("status=DONE")]
    [InlineData("sort_by=colour")]
    [InlineData("sort_dir=up")]
    [InlineData("from=yesterday")]
    [InlineData("from=2024-02-02T00:00:00Z&to=2024-02-01T00:00:00Z")]
    [InlineData("expires_from=2024-02-02T00:00:00Z&expires_to=2024-02-01T00:00:00Z")]
    [InlineData("finalized_from=2024-02-02T00:00:00Z&finalized_to=2024-02-01T00:00:00Z")]
    [InlineData("cursor=nonsense")]
    public async Task A_senseless_question_is_refused(string query)
    {
        var tenant = await TestTenant.CreateAsync(Api);

        (await tenant.GetAsync($"/v1/reservations?{query}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Fact]
    public async Task A_cursor_is_bound_to_filters_and_sort_but_not_to_include()
    {
        var tenant = await TestTenant.CreateAsync(Api, 1000);
        await tenant.ReservedAsync("1", 1, ""","metadata":{"a":1}""");
        await tenant.ReservedAsync("2", 1, ""","metadata":{"a":2}""");
        var cursor = (await tenant.GetAsync("/v1/reservations?limit=1")).Text("next_cursor");

        (await tenant.GetAsync($"/v1/reservations?limit=1&status=ACTIVE&cursor={cursor}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await tenant.GetAsync($"/v1/reservations?limit=1&sort_dir=asc&cursor={cursor}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        var page = (await tenant.GetAsync($"/v1/reservations?limit=1&include=metadata,,nonsense&cursor={cursor}")).Expect(HttpStatusCode.OK);

        Assert.NotNull(Assert.Single(page["reservations"]!.AsArray())!["metadata"]);
        Assert.Null((await tenant.GetAsync("/v1/reservations?limit=1"))["reservations"]![0]!["metadata"]);
    }

    [Fact]
    public async Task A_list_that_was_asked_for_before_shows_what_happens_now()
    {
        var tenant = await TestTenant.CreateAsync(Api, 1000);
        Assert.Empty((await tenant.GetAsync("/v1/reservations"))["reservations"]!.AsArray());
        for (var i = 0; i < 20; i++)
        {
            var id = await tenant.ReservedAsync($"{i}", 1);
            Assert.Equal(id, (string)(await tenant.GetAsync("/v1/reservations?status=ACTIVE"))["reservations"]![0]!["reservation_id"]!);
            await tenant.CommitAsync(id, 1);
            Assert.Empty((await tenant.GetAsync("/v1/reservations?status=ACTIVE"))["reservations"]!.AsArray());
        }
    }

    [Fact]
    public async Task Balances_are_those_whose_scope_has_every_named_segment()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:w", 10);
        await tenant.CreateBudgetAsync($"{tenant.Root}/workspace:w/agent:a", 5);

        async Task<int> CountAsync(string query) => (await tenant.GetAsync($"/v1/balances?{query}")).Expect(HttpStatusCode.OK)["balances"]!.AsArray().Count;

        Assert.Equal(3, await CountAsync($"tenant={tenant.Id}"));
        Assert.Equal(2, await CountAsync("workspace=W"));
        Assert.Equal(1, await CountAsync("agent=a&workspace=w"));
        Assert.Equal(0, await CountAsync("agent=b"));
        (await tenant.GetAsync("/v1/balances")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        Assert.Equal(2, (await tenant.GetAsync($"/v1/balances?scope_prefix={tenant.Root}/workspace:w"))["balances"]!.AsArray().Count);
    }
}
