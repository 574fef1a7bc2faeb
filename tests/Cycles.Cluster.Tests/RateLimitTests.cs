using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Load;
using Cycles.Cluster.Tests.Servers;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>What policies and their rate limits cost the store, and what is left of them after a crash.</summary>
public sealed class RateLimitTests(ITestOutputHelper output)
{
    private const int Many = 200;
    private const int PerMinute = 1_000;

    // What a server asks its store by itself: the clock, the cluster's membership, reminders.
    private const int ByItself = 60;

    private int _lastKey;

    [Fact]
    public async Task A_policy_and_a_refusal_of_its_limit_cost_the_store_nothing()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        using var api = new HttpApi(Gateways.AdminKey);
        using var server = await Gateways.StartAsync(redis.EnvironmentOfSilo(), api);
        await using var store = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        var tenant = await CreateTenantAsync(api);
        await ReserveAsync(api, tenant, 200);

        var free = await CountAsync(store, () => ReserveManyAsync(api, tenant, 200));
        var policy = await CreatePolicyAsync(api, tenant, PerMinute);
        var governed = await CountAsync(store, () => ReserveManyAsync(api, tenant, 200));
        await UpdateAsync(api, policy, 1);
        var refused = await CountAsync(store, () => ReserveManyAsync(api, tenant, 429));

        output.WriteLine($"{Many} reserves: {free} commands without a policy, {governed} with one, {refused} when all were refused");
        Assert.InRange(governed, free - ByItself, free + ByItself);
        Assert.InRange(refused, 0, ByItself);
    }

    [Fact]
    public async Task A_policy_outlives_a_crash_and_its_counts_do_not()
    {
        using var data = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["Cycles__DataPath"] = data.Path };
        using var api = new HttpApi(Gateways.AdminKey);
        string tenant;
        using (await Gateways.StartAsync(environment, api))
        {
            tenant = await CreateTenantAsync(api);
            await UpdateAsync(api, await CreatePolicyAsync(api, tenant, PerMinute), 2);
            await ReserveAsync(api, tenant, 200);
            await ReserveAsync(api, tenant, 200);
            await ReserveAsync(api, tenant, 429);
        }

        using (await Gateways.StartAsync(environment, api))
        {
            await ReserveAsync(api, tenant, 200);
            await ReserveAsync(api, tenant, 200);
            await ReserveAsync(api, tenant, 429);
        }
    }

    private static async Task<long> CountAsync(IConnectionMultiplexer store, Func<Task> action)
    {
        var before = await CommandsAsync(store);
        await action();
        return await CommandsAsync(store) - before;
    }

    private static async Task<long> CommandsAsync(IConnectionMultiplexer store)
    {
        var stats = await store.GetServers()[0].InfoAsync("stats");
        return long.Parse(stats.SelectMany(section => section).Single(line => line.Key == "total_commands_processed").Value);
    }

    private static async Task<string> CreateTenantAsync(HttpApi api)
    {
        var id = $"t-{Guid.NewGuid():N}"[..12];
        await SendAsync(api, HttpMethod.Post, "/v1/admin/tenants", new JsonObject { ["tenant_id"] = id, ["name"] = id });
        await SendAsync(api, HttpMethod.Post, "/v1/admin/budgets", new JsonObject
        {
            ["tenant_id"] = id,
            ["scope"] = $"tenant:{id}",
            ["unit"] = Requests.Unit,
            ["allocated"] = Requests.Amount(1_000_000),
        });
        var key = await SendAsync(api, HttpMethod.Post, "/v1/admin/api-keys", new JsonObject { ["tenant_id"] = id, ["name"] = "key" });
        api.UseKey(id, (string)key["key_secret"]!);
        return id;
    }

    private static async Task<string> CreatePolicyAsync(HttpApi api, string tenant, int perMinute) =>
        (string)(await SendAsync(api, HttpMethod.Post, "/v1/admin/policies", new JsonObject
        {
            ["tenant_id"] = tenant,
            ["name"] = "limits",
            ["scope_pattern"] = $"tenant:{tenant}",
            ["caps"] = new JsonObject { ["max_tokens"] = 1 },
            ["rate_limits"] = Limits(perMinute),
        }))["policy_id"]!;

    private static Task<JsonObject> UpdateAsync(HttpApi api, string policy, int perMinute) =>
        SendAsync(api, HttpMethod.Patch, $"/v1/admin/policies/{policy}", new JsonObject { ["rate_limits"] = Limits(perMinute) });

    private static JsonObject Limits(int perMinute) => new() { ["max_reservations_per_minute"] = perMinute };

    private static async Task<JsonObject> SendAsync(HttpApi api, HttpMethod method, string path, JsonObject body)
    {
        var answer = await api.SendAsync(new ApiRequest(method, path, null, body.ToJsonString()));
        Assert.True(answer.IsSuccess, $"{path} {body.ToJsonString()}: {answer}");
        return answer.Body!;
    }

    private async Task ReserveManyAsync(HttpApi api, string tenant, int status)
    {
        for (var i = 0; i < Many; i++)
        {
            await ReserveAsync(api, tenant, status);
        }
    }

    private async Task ReserveAsync(HttpApi api, string tenant, int status)
    {
        var body = new JsonObject
        {
            ["idempotency_key"] = $"{++_lastKey}",
            ["subject"] = new JsonObject { ["tenant"] = tenant },
            ["action"] = new JsonObject { ["kind"] = "tool.call", ["name"] = "x" },
            ["estimate"] = Requests.Amount(1),
            ["ttl_ms"] = 600_000,
        };
        var answer = await api.SendAsync(ApiRequest.Post("/v1/reservations", tenant, body.ToJsonString()));
        Assert.True(answer.Status == status, $"{status} was wanted: {answer}");
    }
}
