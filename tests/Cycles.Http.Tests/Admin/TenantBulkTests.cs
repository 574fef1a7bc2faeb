using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>POST /v1/admin/tenants/bulk-action.</summary>
public sealed class TenantBulkTests(ServerFixture server)
{
    private readonly string _mark = $"m{Guid.NewGuid():N}"[..14];

    private Api Api => server.Api;

    [Fact]
    public async Task Rows_are_changed_skipped_and_refused_by_their_state()
    {
        var ids = await CreateAsync(4);
        await PatchAsync(ids[1], "SUSPENDED");
        await PatchAsync(ids[2], "CLOSED");

        var suspended = await RunAsync("SUSPEND", "1", ",\"expected_count\":4");

        Assert.Equal(4, suspended.Number("total_matched"));
        Assert.Equal([ids[0], ids[3]], Ids(suspended, "succeeded"));
        Assert.Equal([ids[1]], Ids(suspended, "skipped"));
        Assert.Equal("ALREADY_IN_TARGET_STATE", (string)suspended["skipped"]![0]!["reason"]!);
        Assert.Equal([ids[2]], Ids(suspended, "failed"));
        Assert.Equal("INVALID_TRANSITION", (string)suspended["failed"]![0]!["error_code"]!);
        Assert.Equal(["SUSPENDED", "SUSPENDED", "CLOSED", "SUSPENDED"], await StatusesAsync(ids));

        Assert.Equal([ids[0], ids[1], ids[3]], Ids(await RunAsync("REACTIVATE", "2"), "succeeded"));
        var closed = await RunAsync("CLOSE", "3");
        Assert.Equal([ids[0], ids[1], ids[3]], Ids(closed, "succeeded"));
        Assert.Equal([ids[2]], Ids(closed, "skipped"));
        Assert.Equal(["CLOSED", "CLOSED", "CLOSED", "CLOSED"], await StatusesAsync(ids));
    }

    [Fact]
    public async Task Closing_in_bulk_ends_what_the_tenants_own()
    {
        var tenants = new List<TestTenant>();
        for (var i = 0; i < 3; i++)
        {
            tenants.Add(await TestTenant.CreateAsync(Api, 100));
            await tenants[i].ReservedAsync("1", 10);
        }

        foreach (var tenant in tenants)
        {
            var answer = await PostAsync(Body("CLOSE", "1", tenant.Id));

            answer.Expect(HttpStatusCode.OK);
            Assert.Equal([tenant.Id], Ids(answer, "succeeded"));
            var budget = await Api.GetAsync($"/v1/admin/budgets/lookup?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey);
            Assert.Equal(("CLOSED", 0, 100), (budget.Text("status"), budget.Amount("reserved"), budget.Amount("remaining")));
        }
    }

    [Fact]
    public async Task A_key_is_answered_once_whatever_happened_since_and_another_payload_is_refused()
    {
        var ids = await CreateAsync(2);
        var first = await RunAsync("SUSPEND", "1");
        await PatchAsync(ids[0], "ACTIVE");

        var again = await RunAsync("SUSPEND", "1");

        Assert.Equal(first.Body.ToJsonString(), again.Body.ToJsonString());
        Assert.Equal(["ACTIVE", "SUSPENDED"], await StatusesAsync(ids));
        (await PostAsync(Body("CLOSE", "1"))).Expect(HttpStatusCode.Conflict, "IDEMPOTENCY_MISMATCH");
        Assert.Equal(["ACTIVE", "SUSPENDED"], await StatusesAsync(ids));
    }

    [Fact]
    public async Task Many_requests_with_one_key_at_once_are_one_action()
    {
        await CreateAsync(5);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(Body("SUSPEND", "1"))));

        Assert.All(answers, answer => Assert.Equal(5, answer.Expect(HttpStatusCode.OK)["succeeded"]!.AsArray().Count));
        Assert.Single(answers.Select(answer => answer.Body.ToJsonString()).Distinct());
    }

    [Fact]
    public async Task Another_count_than_expected_changes_nothing()
    {
        var ids = await CreateAsync(2);

        var answer = (await PostAsync(Body("SUSPEND", "1", more: ",\"expected_count\":3"))).Expect(HttpStatusCode.Conflict, "COUNT_MISMATCH");

        Assert.Equal(2, (int)answer["details"]!["total_matched"]!);
        Assert.Equal(["ACTIVE", "ACTIVE"], await StatusesAsync(ids));
        (await PostAsync(Body("SUSPEND", "1", more: ",\"expected_count\":2"))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task More_than_500_rows_are_refused()
    {
        await CreateAsync(501);

        var answer = (await PostAsync(Body("SUSPEND", "1"))).Expect(HttpStatusCode.BadRequest, "LIMIT_EXCEEDED");

        Assert.Equal(501, (int)answer["details"]!["total_matched"]!);
        Assert.Equal("ACTIVE", (await StatusesAsync([$"{_mark}-500"]))[0]);
    }

    [Theory]
    [InlineData("""{"filter":{},"action":"SUSPEND","idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"search":"  "},"action":"SUSPEND","idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"observe_mode":"on"},"action":"SUSPEND","idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"search":"x"},"action":"DELETE","idempotency_key":"k"}""")]
    [InlineData("""{"filter":{"search":"x"},"action":"SUSPEND","idempotency_key":""}""")]
    [InlineData("""{"filter":{"search":"x"},"action":"SUSPEND"}""")]
    [InlineData("""{"filter":{"search":"x"},"action":"SUSPEND","idempotency_key":"k","expected_count":-1}""")]
    [InlineData("""{"filter":{"search":"x","color":"red"},"action":"SUSPEND","idempotency_key":"k"}""")]
    [InlineData("""{"action":"SUSPEND","idempotency_key":"k"}""")]
    public async Task A_malformed_request_is_refused(string body) =>
        (await PostAsync(body)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

    private async Task<string[]> CreateAsync(int count)
    {
        var ids = Enumerable.Range(0, count).Select(i => $"{_mark}-{i}").ToArray();
        foreach (var batch in ids.Chunk(20))
        {
            await Task.WhenAll(batch.Select(async id => (await Api.PostAsync(
                "/v1/admin/tenants", ServerProcess.AdminKey, $$"""{"tenant_id":"{{id}}","name":"Test"}""")).Expect(HttpStatusCode.Created)));
        }

        return ids;
    }

    private async Task PatchAsync(string id, string status) => (await Api.SendAsync(
        HttpMethod.Patch, $"/v1/admin/tenants/{id}", ServerProcess.AdminKey, $$"""{"status":"{{status}}"}""")).Expect(HttpStatusCode.OK);

    private async Task<string[]> StatusesAsync(string[] ids) => await Task.WhenAll(
        ids.Select(async id => (await Api.GetAsync($"/v1/admin/tenants/{id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK).Text("status")));

    private async Task<Answer> RunAsync(string action, string key, string more = "") =>
        (await PostAsync(Body(action, key, more: more))).Expect(HttpStatusCode.OK);

    private Task<Answer> PostAsync(string body) => Api.PostAsync("/v1/admin/tenants/bulk-action", ServerProcess.AdminKey, body);

    private string Body(string action, string key, string? search = null, string more = "") =>
        $$$"""{"filter":{"search":"{{{search ?? _mark}}}"},"action":"{{{action}}}","idempotency_key":"{{{search ?? _mark}}}-{{{key}}}"{{{more}}}}""";

    private static string[] Ids(Answer answer, string list) =>
        [.. answer[list]!.AsArray().Select(row => (string)row!["id"]!).Order(StringComparer.Ordinal)];
}
