using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cycles.Bench.Provisioning;

/// <summary>The few operations of the admin plane that a bench needs.</summary>
internal sealed class AdminPlane : IDisposable
{
    private readonly HttpClient _http;

    public AdminPlane(Uri address, string adminKey)
    {
        _http = new HttpClient { BaseAddress = address };
        _http.DefaultRequestHeaders.Add("X-Admin-API-Key", adminKey);
    }

    public Task CreateTenantAsync(string tenant, CancellationToken cancellation) =>
        PostAsync("/v1/admin/tenants", new JsonObject { ["tenant_id"] = tenant, ["name"] = tenant }, cancellation);

    /// <summary>Creates a key and returns its secret.</summary>
    public async Task<string> CreateKeyAsync(string tenant, CancellationToken cancellation)
    {
        var answer = await PostAsync("/v1/admin/api-keys", new JsonObject { ["tenant_id"] = tenant, ["name"] = "bench" }, cancellation);
        return answer.GetProperty("key_secret").GetString()!;
    }

    public Task CreateBudgetAsync(string tenant, string scope, long amount, CancellationToken cancellation) => PostAsync(
        "/v1/admin/budgets",
        new JsonObject
        {
            ["tenant_id"] = tenant,
            ["scope"] = scope,
            ["unit"] = BenchSubject.Unit,
            ["allocated"] = Amount(amount),
        },
        cancellation);

    /// <summary>Sets how much of a budget is spent.</summary>
    public Task SetSpentAsync(string tenant, string scope, long allocated, long spent, CancellationToken cancellation) => PostAsync(
        $"/v1/admin/budgets/fund?scope={Uri.EscapeDataString(scope)}&unit={BenchSubject.Unit}&tenant_id={tenant}",
        new JsonObject { ["operation"] = "RESET_SPENT", ["amount"] = Amount(allocated), ["spent"] = Amount(spent) },
        cancellation);

    public Task FreezeAsync(string scope, CancellationToken cancellation) => PostAsync(
        $"/v1/admin/budgets/freeze?scope={Uri.EscapeDataString(scope)}&unit={BenchSubject.Unit}", [], cancellation);

    /// <summary>What a budget says is reserved and spent.</summary>
    public async Task<(long Reserved, long Spent)> ReadBudgetAsync(string scope, CancellationToken cancellation)
    {
        var query = $"/v1/admin/budgets/lookup?scope={Uri.EscapeDataString(scope)}&unit={BenchSubject.Unit}";
        var budget = await ReadAsync(await _http.GetAsync(query, cancellation), query, cancellation);
        return (Amount("reserved"), Amount("spent"));

        long Amount(string name) => budget.TryGetProperty(name, out var amount) ? amount.GetProperty("amount").GetInt64() : 0;
    }

    public void Dispose() => _http.Dispose();

    private static JsonObject Amount(long amount) => new() { ["unit"] = BenchSubject.Unit, ["amount"] = amount };

    private async Task<JsonElement> PostAsync(string path, JsonObject body, CancellationToken cancellation) =>
        await ReadAsync(await _http.PostAsJsonAsync(path, body, cancellation), path, cancellation);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, string path, CancellationToken cancellation)
    {
        using (answer)
        {
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)
                : throw new BenchException($"{path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
        }
    }
}
