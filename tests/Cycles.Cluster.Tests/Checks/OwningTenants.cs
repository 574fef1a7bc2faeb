using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;

namespace Cycles.Cluster.Tests.Checks;

/// <summary>Tenants that own some of everything, and whether all of that has ended with them.</summary>
internal static class OwningTenants
{
    public const int Budgets = 24;
    public const int Reservations = 240;
    public const long Allocated = 10_000;
    public const string Unit = "TOKENS";

    public static readonly TimeSpan ConvergenceLimit = TimeSpan.FromSeconds(60);

    /// <returns>The ids of everything that the tenant owns.</returns>
    public static async Task<string[]> ProvisionAsync(
        HttpApi api, string tenantId, int budgets = Budgets, int reservations = Reservations)
    {
        await PostAsync(api, "/v1/admin/tenants", $$"""{"tenant_id":"{{tenantId}}","name":"{{tenantId}}","default_reservation_ttl_ms":3600000}""");
        var key = await PostAsync(api, "/v1/admin/api-keys", $$"""{"tenant_id":"{{tenantId}}","name":"key"}""");
        await PostAsync(api, "/v1/admin/api-keys", $$"""{"tenant_id":"{{tenantId}}","name":"other"}""");
        api.UseKey(tenantId, (string)key["key_secret"]!);
        foreach (var batch in Enumerable.Range(0, budgets).Chunk(20))
        {
            await Task.WhenAll(batch.Select(i => PostAsync(
                api,
                "/v1/admin/budgets",
                $$$"""{"tenant_id":"{{{tenantId}}}","scope":"tenant:{{{tenantId}}}{{{(i == 0 ? "" : $"/agent:a{i}")}}}","unit":"{{{Unit}}}","allocated":{"unit":"{{{Unit}}}","amount":{{{Allocated}}}}}""")));
        }

        // As the server knows them: what was sent again on a slow machine may have been made by the first request, or a key twice.
        var ids = new List<string>();
        ids.AddRange(await ListAsync(api, $"/v1/admin/api-keys?tenant_id={tenantId}", "keys", "key_id"));
        ids.AddRange(await ListAsync(api, $"/v1/admin/budgets?tenant_id={tenantId}&limit=1000", "ledgers", "ledger_id"));
        foreach (var batch in Enumerable.Range(0, reservations).Chunk(20))
        {
            ids.AddRange(await Task.WhenAll(batch.Select(async i => (string)(await PostAsync(
                api,
                "/v1/reservations",
                $$$"""{"idempotency_key":"{{{i}}}","subject":{"tenant":"{{{tenantId}}}","agent":"a{{{1 + (i % (budgets - 1))}}}"},"action":{"kind":"tool.call","name":"x"},"estimate":{"unit":"{{{Unit}}}","amount":2}}""",
                tenantId))["reservation_id"]!)));
        }

        return [.. ids];
    }

    public static Task<Answer> CloseAsync(HttpApi api, string tenantId) =>
        api.SendAsync(new ApiRequest(HttpMethod.Patch, $"/v1/admin/tenants/{tenantId}", null, """{"status":"CLOSED"}"""));

    public static Task<Answer> GetAsync(HttpApi api, string path) => SendUntilAnsweredAsync(api, ApiRequest.Get(path, null));

    public static async Task<JsonObject> PostAsync(HttpApi api, string path, string body, string? tenantId = null)
    {
        var answer = await SendUntilAnsweredAsync(api, ApiRequest.Post(path, tenantId, body));
        Assert.True(answer.IsSuccess || answer.Error == "DUPLICATE_RESOURCE", $"{path} {body}: {answer}");
        return answer.Body!;
    }

    public static async Task<string[]> ListAsync(HttpApi api, string path, string list, string id) =>
        [.. (await GetAsync(api, path)).Body![list]!.AsArray().Select(row => (string)row![id]!)];

    public static async Task<Answer> SendUntilAnsweredAsync(HttpApi api, ApiRequest request)
    {
        var answer = await api.SendAsync(request);
        for (var attempt = 0; attempt < 20 && !answer.IsFinal; attempt++)
        {
            await Task.Delay(250);
            answer = await api.SendAsync(request);
        }

        return answer;
    }

    public static async Task<(int Reservations, int Budgets)> CountActiveAsync(HttpApi api, string tenantId)
    {
        var reservations = 0;
        for (string? cursor = null; ;)
        {
            var page = await GetAsync(api, $"/v1/reservations?tenant={tenantId}&status=ACTIVE&limit=200{(cursor is null ? "" : $"&cursor={cursor}")}");
            reservations += page.Body!["reservations"]!.AsArray().Count;
            cursor = (string?)page.Body["next_cursor"];
            if (cursor is null)
            {
                break;
            }
        }

        var budgets = await GetAsync(api, $"/v1/admin/budgets?tenant_id={tenantId}&status=ACTIVE&limit=1000");
        return (reservations, budgets.Body!["ledgers"]!.AsArray().Count);
    }

    /// <summary>What the tenant's root has; the first row of a bulk action.</summary>
    public static async Task<long> RootAsync(HttpApi api, string tenantId) =>
        (await GetAsync(api, $"/v1/admin/budgets/lookup?scope=tenant:{tenantId}&unit={Unit}")).Amount("allocated");

    public static async Task<long[]> AllocatedAsync(HttpApi api, string tenantId) =>
    [
        .. (await GetAsync(api, $"/v1/admin/budgets?tenant_id={tenantId}&limit=1000")).Body!["ledgers"]!.AsArray()
            .Select(budget => (long)budget!["allocated"]!["amount"]!).Distinct(),
    ];

    public static Task ConvergeAsync(HttpApi api, string tenantId) => UntilAsync(
        async () => await CountActiveAsync(api, tenantId) == (0, 0)
            && (await GetAsync(api, $"/v1/admin/api-keys?tenant_id={tenantId}&status=ACTIVE")).Body!["keys"]!.AsArray().Count == 0,
        ConvergenceLimit);

    public static async Task VerifyEndedAsync(HttpApi api, string tenantId)
    {
        var budgets = (await GetAsync(api, $"/v1/admin/budgets?tenant_id={tenantId}&limit=1000")).Body!["ledgers"]!.AsArray();
        Assert.Equal(Budgets, budgets.Count);
        Assert.All(budgets, budget => Assert.Equal(
            ("CLOSED", 0, 0, Allocated),
            ((string)budget!["status"]!, (long)budget["reserved"]!["amount"]!, (long)budget["spent"]!["amount"]!, (long)budget["remaining"]!["amount"]!)));
        var again = await CloseAsync(api, tenantId);
        Assert.True(again.IsSuccess, $"{again}");
    }

    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan limit, int pauseMs = 100)
    {
        using var timeout = new CancellationTokenSource(limit);
        while (!await isSo())
        {
            Assert.False(timeout.IsCancellationRequested, $"it did not become so within {limit}");
            await Task.Delay(pauseMs);
        }
    }
}
