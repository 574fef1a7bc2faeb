using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Checks;
using Cycles.Cluster.Tests.Load;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>The tenant that the matrix works on, and what is objected to.</summary>
internal sealed class FaultWorld(HttpApi api, Action<string> note)
{
    public const string Tenant = "faults";
    public const long Ample = 1_000_000;

    private readonly ConcurrentQueue<string> _objections = [];

    public HttpApi Api { get; } = api;

    public IReadOnlyCollection<string> Objections => _objections;

    public static string Scope(string workspace) => $"tenant:{Tenant}/workspace:{workspace}";

    public void Note(string line) => note(line);

    public void Object(string objection) => _objections.Enqueue(objection);

    public async Task ProvisionAsync()
    {
        await AdministerAsync("/v1/admin/tenants", new JsonObject { ["tenant_id"] = Tenant, ["name"] = Tenant });
        var key = await AdministerAsync("/v1/admin/api-keys", new JsonObject { ["tenant_id"] = Tenant, ["name"] = "matrix" });
        Api.UseKey(Tenant, (string)key["key_secret"]!);
    }

    public Task CreateBudgetAsync(string workspace, long allocated = Ample) =>
        AdministerAsync("/v1/admin/budgets", Budget(Tenant, Scope(workspace), allocated));

    public static JsonObject Budget(string tenant, string scope, long allocated) => new()
    {
        ["tenant_id"] = tenant,
        ["scope"] = scope,
        ["unit"] = Requests.Unit,
        ["allocated"] = Requests.Amount(allocated),
    };

    /// <summary>A request that must succeed, as nothing has failed yet or all was mended.</summary>
    public async Task<JsonObject> AdministerAsync(string path, JsonObject body) =>
        await SendAsync(ApiRequest.Post(path, null, body.ToJsonString()));

    public Task<JsonObject> GetAsync(string path, string? tenant = null) => SendAsync(ApiRequest.Get(path, tenant));

    public async Task<BudgetNumbers> NumbersAsync(string workspace) => BudgetNumbers.Parse(
        await GetAsync($"/v1/admin/budgets/lookup?scope={Uri.EscapeDataString(Scope(workspace))}&unit={Requests.Unit}"));

    /// <summary>The tenant's reservations on one workspace.</summary>
    public async Task<List<Row>> ReservationsAsync(string workspace)
    {
        var rows = new List<Row>();
        string? cursor = null;
        do
        {
            var path = $"/v1/reservations?tenant={Tenant}&workspace={workspace}&limit=200";
            var page = await GetAsync(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}", Tenant);
            rows.AddRange(page["reservations"]!.AsArray().Select(row => Row.Parse(row!)));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        return rows;
    }

    public static ApiRequest Reserve(string workspace, string key) => ApiRequest.Post("/v1/reservations", Tenant, new JsonObject
    {
        ["idempotency_key"] = key,
        ["subject"] = Subject(workspace),
        ["action"] = Action(),
        ["estimate"] = Requests.Amount(1),
        ["ttl_ms"] = 3_600_000,
    }.ToJsonString());

    public static ApiRequest Event(string workspace, string key) => ApiRequest.Post("/v1/events", Tenant, new JsonObject
    {
        ["idempotency_key"] = key,
        ["subject"] = Subject(workspace),
        ["action"] = Action(),
        ["actual"] = Requests.Amount(1),
    }.ToJsonString());

    private static JsonObject Subject(string workspace) => new() { ["tenant"] = Tenant, ["workspace"] = workspace };

    private static JsonObject Action() => new() { ["kind"] = "llm.completion", ["name"] = "test:model" };

    public async Task<JsonObject> SendAsync(ApiRequest request)
    {
        Answer? answer = null;
        await Until.TrueAsync(
            async () => (answer = await Api.SendAsync(request)).IsFinal, TimeSpan.FromSeconds(60), () => $"{request.Path}: {answer}");
        Assert.True(answer!.IsSuccess, $"{request.Path} {request.Body}: {answer}");
        return answer.Body!;
    }
}
