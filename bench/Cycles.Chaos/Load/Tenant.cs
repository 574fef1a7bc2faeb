using System.Text.Json.Nodes;
using Cycles.Chaos.Checks;

namespace Cycles.Chaos.Load;

/// <summary>A tenant under load: a budget of 40 at each level of one path, and for some a budget of tokens with periods.</summary>
/// <param name="id">Its id.</param>
/// <param name="scopes">The scopes of its path, root first.</param>
/// <param name="hasPeriods">Whether it has a budget of tokens whose periods end again and again.</param>
internal sealed class Tenant(string id, string[] scopes, bool hasPeriods)
{
    public const long Allocated = 40;
    public const string PeriodUnit = "TOKENS";
    public const long PeriodAllocated = 1_000;

    private const int DeepEvery = 5;

    public string Id => id;

    public string Deepest => scopes[^1];

    public bool HasPeriods => hasPeriods;

    public string Secret { get; private set; } = string.Empty;

    public IReadOnlyList<Account> Accounts { get; } = Array.ConvertAll(scopes, scope => new Account(scope, Allocated));

    public Service Service { get; } = new();

    /// <summary>Every fifth has three levels, the one after it periods.</summary>
    public static Tenant Of(int index)
    {
        var id = $"tenant-{index}";
        string[] scopes = index % DeepEvery == 0
            ? [$"tenant:{id}", $"tenant:{id}/workspace:w", $"tenant:{id}/workspace:w/agent:a"]
            : [$"tenant:{id}"];
        return new Tenant(id, scopes, index % DeepEvery == 1);
    }

    /// <summary>Makes the tenant, its key and its budgets.</summary>
    public async Task ProvisionAsync(Api api, CancellationToken stop)
    {
        await CreateAsync(api, id, stop);
        Secret = await CreateKeyAsync(api, id, stop);
        foreach (var scope in scopes)
        {
            await CreateBudgetAsync(api, id, scope, Request.Amount(Allocated, Request.Unit), null, stop);
        }

        if (hasPeriods)
        {
            await CreateBudgetAsync(api, id, scopes[0], Request.Amount(PeriodAllocated, PeriodUnit), DateTimeOffset.UtcNow.AddSeconds(20), stop);
        }
    }

    public static Task CreateAsync(Api api, string id, CancellationToken stop) =>
        PostAsync(api, "/v1/admin/tenants", new JsonObject { ["tenant_id"] = id, ["name"] = id }, stop);

    public static async Task<string> CreateKeyAsync(Api api, string id, CancellationToken stop)
    {
        var key = await PostAsync(api, "/v1/admin/api-keys", new JsonObject { ["tenant_id"] = id, ["name"] = "load" }, stop);
        return (string)key.Body!["key_secret"]!;
    }

    public static Task CreateBudgetAsync(Api api, string id, string scope, JsonObject allocated, DateTimeOffset? periodEnd, CancellationToken stop)
    {
        var unit = (string)allocated["unit"]!;
        var body = new JsonObject { ["tenant_id"] = id, ["scope"] = scope, ["unit"] = unit, ["allocated"] = allocated };
        if (periodEnd is { } end)
        {
            body["period_end"] = $"{end:yyyy-MM-ddTHH:mm:ss}Z";
        }

        return PostAsync(api, "/v1/admin/budgets", body, stop);
    }

    /// <summary>Until it is done. What may not be repeated and failed is asked again all the same: that it exists already is as good.</summary>
    private static async Task<Answer> PostAsync(Api api, string path, JsonObject body, CancellationToken stop)
    {
        while (true)
        {
            var answer = await api.PerformAsync(Request.Post(path, null, body), 0, stop);
            if (answer.IsSuccess || answer.Status == 409)
            {
                return answer;
            }

            if (answer.IsFinal)
            {
                throw new ChaosException($"{path} {body.ToJsonString()}: {answer}");
            }

            stop.ThrowIfCancellationRequested();
        }
    }
}
