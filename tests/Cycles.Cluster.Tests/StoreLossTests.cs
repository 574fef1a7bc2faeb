using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>
/// The store comes back without the last writes that it had acknowledged, as after a power loss under <c>appendfsync everysec</c>, or when a
/// replica stands in for its primary. What is lost is lost; nothing may go on from what the server still remembers of it.
/// </summary>
public sealed class StoreLossTests(ITestOutputHelper output)
{
    private const string TenantId = "acme";
    private const string Unit = "TOKENS";
    private const long Allocated = 1_000;
    private const long Kept = 100;

    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);
    // Silos look once a second who answers; a connection that breaks they notice at once.
    private static readonly TimeSpan UnnoticedAtMost = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    [Fact]
    public Task What_a_store_has_lost_that_was_restarted_is_neither_settled_nor_held_against_the_budget() =>
        LoseAsync(async (redis, copy) =>
        {
            redis.Kill();
            redis.RestoreFrom(copy);
            await redis.StartAsync();
        });

    [Fact]
    public Task What_a_store_has_lost_that_was_demoted_and_promoted_is_neither_settled_nor_held_against_the_budget() =>
        LoseAsync(async (redis, copy) =>
        {
            // The same process all the time, and no connection breaks.
            using var other = await RedisProcess.StartAsync(copy);
            await redis.FollowAsync(other);
            await redis.PromoteAsync();
        });

    /// <param name="lose">Lets Redis go back to a copy of its files.</param>
    private async Task LoseAsync(Func<RedisProcess, string, Task> lose)
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var copy = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        using var api = new HttpApi(Gateways.AdminKey);
        using var server = await Gateways.StartAsync(redis.EnvironmentOfSilo(), api);
        try
        {
            await PostAsync(api, "/v1/admin/tenants", null, new JsonObject { ["tenant_id"] = TenantId, ["name"] = TenantId });
            var key = await PostAsync(api, "/v1/admin/api-keys", null, new JsonObject { ["tenant_id"] = TenantId, ["name"] = "agent" });
            api.UseKey(TenantId, (string)key.Body!["key_secret"]!);
            await PostAsync(api, "/v1/admin/budgets", null, new JsonObject
            {
                ["tenant_id"] = TenantId,
                ["scope"] = $"tenant:{TenantId}",
                ["unit"] = Unit,
                ["allocated"] = Amount(Allocated),
            });
            var kept = await ReserveAsync(api, "kept", Kept);
            redis.CopyTo(copy.Path);
            var lost = await ReserveAsync(api, "lost", Allocated - Kept);
            Assert.Equal("BUDGET_EXCEEDED", (await api.SendAsync(Reserve("refused", 1))).Error);

            await lose(redis, copy.Path);
            await Task.Delay(UnnoticedAtMost);

            // A denial from memory would be one for the sake of a reservation that is not there.
            var room = await AnsweredAsync(api, Reserve("room", Allocated - Kept));
            Assert.True(room.IsSuccess, $"the budget is free again: {room}");
            Assert.Equal("NOT_FOUND", (await AnsweredAsync(api, Settle(lost, "commit", "commit-lost", Allocated - Kept))).Error);
            Assert.True((await AnsweredAsync(api, Settle(kept, "commit", "commit-kept", Kept))).IsSuccess);
            Assert.True((await AnsweredAsync(api, Settle((string)room.Body!["reservation_id"]!, "release", "release-room"))).IsSuccess);

            var balance = (await AnsweredAsync(api, ApiRequest.Get($"/v1/balances?tenant={TenantId}", TenantId))).Body!["balances"]![0]!.AsObject();
            Assert.Equal((0, Kept, Allocated - Kept), (Number(balance, "reserved"), Number(balance, "spent"), Number(balance, "remaining")));
        }
        catch (Exception)
        {
            output.WriteLine($"the server's log:\n{server.Log}");
            throw;
        }
    }

    private static JsonObject Amount(long amount) => new() { ["unit"] = Unit, ["amount"] = amount };

    private static long Number(JsonObject balance, string name) => (long)balance[name]!["amount"]!;

    private static ApiRequest Reserve(string key, long estimate) => ApiRequest.Post("/v1/reservations", TenantId, new JsonObject
    {
        ["idempotency_key"] = key,
        ["subject"] = new JsonObject { ["tenant"] = TenantId },
        ["action"] = new JsonObject { ["kind"] = "llm.completion", ["name"] = "test:model" },
        ["estimate"] = Amount(estimate),
        ["ttl_ms"] = 600_000,
    }.ToJsonString());

    private static ApiRequest Settle(string id, string operation, string key, long? actual = null)
    {
        var body = new JsonObject { ["idempotency_key"] = key };
        if (actual is { } cost)
        {
            body["actual"] = Amount(cost);
        }

        return ApiRequest.Post($"/v1/reservations/{id}/{operation}", TenantId, body.ToJsonString());
    }

    private static async Task<string> ReserveAsync(HttpApi api, string key, long estimate)
    {
        var answer = await api.SendAsync(Reserve(key, estimate));
        Assert.True(answer.IsSuccess, $"{key}: {answer}");
        return (string)answer.Body!["reservation_id"]!;
    }

    private static async Task<Answer> PostAsync(HttpApi api, string path, string? tenantId, JsonObject body)
    {
        var answer = await api.SendAsync(ApiRequest.Post(path, tenantId, body.ToJsonString()));
        Assert.True(answer.IsSuccess, $"{path}: {answer}");
        return answer;
    }

    /// <summary>The first answer that says what became of the request; while the store is away there is none.</summary>
    private static async Task<Answer> AnsweredAsync(HttpApi api, ApiRequest request)
    {
        var started = TimeProvider.System.GetTimestamp();
        Answer answer;
        while (!(answer = await api.SendAsync(request)).IsFinal && TimeProvider.System.GetElapsedTime(started) < RecoveryLimit)
        {
            await Task.Delay(RetryAfter);
        }

        return answer;
    }
}
