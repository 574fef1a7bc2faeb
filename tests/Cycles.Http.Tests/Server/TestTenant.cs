using System.Net;
using System.Text.Json.Nodes;

namespace Cycles.Http.Tests.Server;

/// <summary>A tenant of one test, with what is most often said to it.</summary>
internal sealed class TestTenant
{
    public const string Unit = "TOKENS";

    private static int _count;

    private readonly Api _api;

    private TestTenant(Api api, string id, string key) => (_api, Id, Key) = (api, id, key);

    public string Id { get; }

    public string Key { get; }

    public string Root => $"tenant:{Id}";

    public static async Task<TestTenant> CreateAsync(Api api, string settings = "", string permissions = "")
    {
        var id = $"t-{Interlocked.Increment(ref _count)}-{Guid.NewGuid():N}"[..24];
        (await api.PostAsync("/v1/admin/tenants", ServerProcess.AdminKey, $$"""{"tenant_id":"{{id}}","name":"Test"{{settings}}}""")).Expect(HttpStatusCode.Created);
        return new TestTenant(api, id, await CreateKeyAsync(api, id, permissions));
    }

    /// <summary>A tenant with one budget at its root.</summary>
    public static async Task<TestTenant> CreateAsync(Api api, long allocated, string budget = "")
    {
        var tenant = await CreateAsync(api);
        await tenant.CreateBudgetAsync(tenant.Root, allocated, budget);
        return tenant;
    }

    public static async Task<string> CreateKeyAsync(Api api, string id, string permissions = "") =>
        (await api.PostAsync("/v1/admin/api-keys", ServerProcess.AdminKey, $$"""{"tenant_id":"{{id}}","name":"key"{{permissions}}}"""))
        .Expect(HttpStatusCode.Created).Text("key_secret");

    public async Task CreateBudgetAsync(string scope, long allocated, string more = "", string unit = Unit) =>
        (await _api.PostAsync(
            "/v1/admin/budgets",
            ServerProcess.AdminKey,
            $$"""{"tenant_id":"{{Id}}","scope":"{{scope}}","unit":"{{unit}}","allocated":{"unit":"{{unit}}","amount":{{allocated}}}{{more}}}""")).Expect(HttpStatusCode.Created);

    public Task<Answer> FundAsync(string operation, long amount, string more = "", string? scope = null) => _api.PostAsync(
        $"/v1/admin/budgets/fund?scope={scope ?? Root}&unit={Unit}&tenant_id={Id}",
        ServerProcess.AdminKey,
        $$"""{"operation":"{{operation}}","amount":{"unit":"{{Unit}}","amount":{{amount}}}{{more}}}""");

    public Task<Answer> PatchAsync(string body) => _api.SendAsync(HttpMethod.Patch, $"/v1/admin/tenants/{Id}", ServerProcess.AdminKey, body);

    /// <summary>The body of a reserve or decide.</summary>
    /// <param name="idempotencyKey">The key.</param>
    /// <param name="amount">The estimate.</param>
    /// <param name="more">Further members, each with a comma before it.</param>
    /// <param name="subject">Further members of the subject, each with a comma before it.</param>
    public string Estimate(string idempotencyKey, long amount, string more = "", string subject = "") =>
        $$"""{"idempotency_key":"{{idempotencyKey}}","subject":{"tenant":"{{Id}}"{{subject}}},"action":{"kind":"tool.call","name":"x"},"estimate":{"unit":"{{Unit}}","amount":{{amount}}}{{more}}}""";

    public Task<Answer> ReserveAsync(string idempotencyKey, long amount, string more = "", string subject = "") =>
        _api.PostAsync("/v1/reservations", Key, Estimate(idempotencyKey, amount, more, subject));

    public async Task<string> ReservedAsync(string idempotencyKey, long amount, string more = "", string subject = "") =>
        (await ReserveAsync(idempotencyKey, amount, more, subject)).Expect(HttpStatusCode.OK).Text("reservation_id");

    public Task<Answer> CommitAsync(string id, long actual, string idempotencyKey = "commit", string unit = Unit) => _api.PostAsync(
        $"/v1/reservations/{id}/commit",
        Key,
        $$$"""{"idempotency_key":"{{{idempotencyKey}}}","actual":{"unit":"{{{unit}}}","amount":{{{actual}}}}}""");

    public Task<Answer> ReleaseAsync(string id, string idempotencyKey = "release") =>
        _api.PostAsync($"/v1/reservations/{id}/release", Key, $$"""{"idempotency_key":"{{idempotencyKey}}"}""");

    public Task<Answer> ExtendAsync(string id, int byMs, string idempotencyKey = "extend") => _api.PostAsync(
        $"/v1/reservations/{id}/extend", Key, $$"""{"idempotency_key":"{{idempotencyKey}}","extend_by_ms":{{byMs}}}""");

    public Task<Answer> EventAsync(string idempotencyKey, long actual, string more = "", string subject = "") => _api.PostAsync(
        "/v1/events",
        Key,
        $$"""{"idempotency_key":"{{idempotencyKey}}","subject":{"tenant":"{{Id}}"{{subject}}},"action":{"kind":"tool.call","name":"x"},"actual":{"unit":"{{Unit}}","amount":{{actual}}}{{more}}}""");

    public Task<Answer> DecideAsync(string idempotencyKey, long amount, string subject = "") =>
        _api.PostAsync("/v1/decide", Key, Estimate(idempotencyKey, amount, subject: subject));

    public Task<Answer> GetAsync(string path) => _api.GetAsync(path, Key);

    /// <summary>The balance of a scope, as GET /v1/balances says it.</summary>
    public async Task<JsonNode> BalanceAsync(string? scope = null)
    {
        var answer = (await GetAsync($"/v1/balances?tenant={Id}")).Expect(HttpStatusCode.OK);
        return answer["balances"]!.AsArray().Single(balance => (string)balance!["scope_path"]! == (scope ?? Root))!;
    }

    public async Task<long> AmountAsync(string name, string? scope = null) => (long)(await BalanceAsync(scope))[name]!["amount"]!;

    /// <summary>Asks again until it is so, at most 10 s.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await isSo())
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Fail("it did not become so within 10 s");
    }
}
