using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

public sealed class EventTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task An_event_is_charged_at_once()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);

        var answer = (await tenant.EventAsync("1", 30)).Expect(HttpStatusCode.Created);

        Assert.Equal("APPLIED", answer.Text("status"));
        Assert.Equal(30, answer.Amount("charged"));
        Assert.Equal(70, await tenant.AmountAsync("remaining"));
    }

    [Fact]
    public async Task Under_REJECT_an_event_is_charged_whole_or_not_at_all()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a", 10);

        (await tenant.EventAsync("1", 11, ""","overage_policy":"REJECT" """, ""","agent":"a" """)).Expect(HttpStatusCode.Conflict, "BUDGET_EXCEEDED");

        Assert.Equal(100, await tenant.AmountAsync("remaining"));
        (await tenant.EventAsync("2", 10, ""","overage_policy":"REJECT" """, ""","agent":"a" """)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Over_limit_and_debt_do_not_block_an_event()
    {
        var tenant = await TestTenant.CreateAsync(Api, 10);

        Assert.Equal(10, (await tenant.EventAsync("1", 15)).Expect(HttpStatusCode.Created).Amount("charged"));
        Assert.Equal(0, (await tenant.EventAsync("2", 5)).Expect(HttpStatusCode.Created).Amount("charged"));

        (await tenant.ReserveAsync("3", 0)).Expect(HttpStatusCode.Conflict, "OVERDRAFT_LIMIT_EXCEEDED");
    }

    [Fact]
    public async Task Parallel_events_are_never_charged_more_than_there_is()
    {
        var tenant = await TestTenant.CreateAsync(Api, 95);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => tenant.EventAsync($"{i}", 10)));

        Assert.Equal(95, answers.Sum(answer => answer.Expect(HttpStatusCode.Created).Amount("charged")));
        Assert.Equal(95, await tenant.AmountAsync("spent"));
    }
}
