using System.Globalization;
using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Load;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests.Checks;

/// <summary>
/// Budgets of one tenant whose periods end within a second, and what the store says of them: looked at without the server, which rolls
/// whatever it is asked about.
/// </summary>
internal sealed class PeriodicBudgets(ICyclesApi api, IDatabase store, string tenantId)
{
    private const int Count = 20;
    private const long Allocated = 1_000;
    private const long Spent = 300;

    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1);

    private readonly List<(string Scope, string LedgerId)> _budgets = [];

    /// <summary>Makes the tenant and its budgets, spends of each, and lets their present period end about then.</summary>
    public async Task CreateAsync(DateTimeOffset firstEnd)
    {
        await SendAsync(HttpMethod.Post, "/v1/admin/tenants", new JsonObject { ["tenant_id"] = tenantId, ["name"] = tenantId });
        _budgets.AddRange(await Task.WhenAll(Enumerable.Range(0, Count).Select(i => CreateAsync($"tenant:{tenantId}/agent:a{i}", firstEnd + (Spread * i / Count)))));
        Assert.True(DateTimeOffset.UtcNow < firstEnd, "this machine is too slow for this test: the first period ended too early");
    }

    /// <summary>Asks about one, which wakes the tenant.</summary>
    public Task<Answer> TouchAsync() =>
        api.SendAsync(ApiRequest.Get($"/v1/admin/budgets/lookup?{Target(_budgets[0].Scope)}", null));

    /// <summary>How many have rolled; each must be before it, or after it, and nothing else.</summary>
    public async Task<int> CountRolledAsync()
    {
        var keys = new TenantKeys(tenantId);
        var rolled = 0;
        foreach (var (scope, _) in _budgets)
        {
            var numbers = (await store.HashGetAllAsync(keys.Numbers(ScopePath.FromCanonical(scope), Unit.UsdMicrocents)))
                .ToDictionary(field => (string)field.Name!, field => (long)field.Value);
            var isRolled = numbers["spent"] == 0;
            Assert.Equal(isRolled ? (2 * Allocated) - Spent : Allocated, numbers["allocated"]);
            Assert.Equal(isRolled ? 0 : Spent, numbers["spent"]);
            rolled += isRolled ? 1 : 0;
        }

        return rolled;
    }

    /// <summary>Waits until all have rolled, and checks that each did so once: in its numbers, its period, its index and the audit log.</summary>
    public async Task VerifyRolledOnceAsync(TimeSpan patience)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await CountRolledAsync() < Count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < patience, $"not all budgets of {tenantId} have rolled within {patience}");
            await Task.Delay(200);
        }

        var keys = new TenantKeys(tenantId);
        var log = new List<JsonNode>();
        foreach (var day in await store.SortedSetRangeByRankAsync(keys.JournalDays("audit")))
        {
            log.AddRange((await store.HashValuesAsync(keys.Journal("audit", day!))).Select(entry => JsonNode.Parse((string)entry!)!));
        }

        var rollovers = log.Where(entry => (string?)entry["operation"] == "budget_period_rollover").Select(entry => (string?)entry["resource_id"]);
        Assert.Equal(_budgets.Select(budget => budget.LedgerId).Order(), rollovers.Order());

        var ends = await store.SortedSetRangeByRankWithScoresAsync(keys.PeriodEnds);
        Assert.Equal(Count, ends.Length);
        Assert.All(ends, end => Assert.True(end.Score > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
        foreach (var (scope, _) in _budgets)
        {
            var answer = await api.SendAsync(ApiRequest.Get($"/v1/admin/budgets/lookup?{Target(scope)}", null));
            Assert.True(answer.IsSuccess, $"{answer}");
            Assert.Equal(((2 * Allocated) - Spent, 0), (answer.Amount("allocated"), answer.Amount("spent")));
        }
    }

    private async Task<(string Scope, string LedgerId)> CreateAsync(string scope, DateTimeOffset end)
    {
        var budget = await SendAsync(HttpMethod.Post, "/v1/admin/budgets", new JsonObject
        {
            ["tenant_id"] = tenantId,
            ["scope"] = scope,
            ["unit"] = Requests.Unit,
            ["allocated"] = Requests.Amount(Allocated),
            ["rollover_policy"] = "CARRY_FORWARD",
        });
        await SendAsync(HttpMethod.Post, $"/v1/admin/budgets/fund?{Target(scope)}&tenant_id={tenantId}", new JsonObject
        {
            ["operation"] = "RESET_SPENT",
            ["amount"] = Requests.Amount(Allocated),
            ["spent"] = Requests.Amount(Spent),
        });
        await SendAsync(HttpMethod.Put, $"/v1/x-cycles/budgets/period?{Target(scope)}", new JsonObject
        {
            ["recurrence"] = "DAILY",
            ["starts_at"] = end.ToString("O", CultureInfo.InvariantCulture),
        });
        return (scope, (string)budget["ledger_id"]!);
    }

    private static string Target(string scope) => $"scope={Uri.EscapeDataString(scope)}&unit={Requests.Unit}";

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject body)
    {
        var answer = await api.SendAsync(new ApiRequest(method, path, null, body.ToJsonString()));
        Assert.True(answer.IsSuccess, $"{path} {body.ToJsonString()}: {answer}");
        return answer.Body!;
    }
}
