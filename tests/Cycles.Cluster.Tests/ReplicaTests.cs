using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>Every change must reach a replica (<c>WaitForReplicas</c>), and the only one is gone.</summary>
public sealed class ReplicaTests
{
    private const int Retries = 2;
    private const string Budget = "tenant_id=acme&scope=tenant:acme&unit=TOKENS";

    // Longer than a gateway repeats a request.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_only_the_primary_has_is_not_answered_when_it_is_read_back()
    {
        RedisProcess.SkipUnlessInstalled();
        using var folder = new TemporaryFolder();
        using var folderOfReplica = new TemporaryFolder();
        using var primary = await RedisProcess.StartAsync(folder.Path);
        using var replica = await RedisProcess.StartAsync(folderOfReplica.Path);
        await replica.FollowAsync(primary);
        var environment = primary.EnvironmentOfSilo();
        environment["Cycles__Store__WaitForReplicas"] = "1";
        environment["Cycles__Store__Timeout"] = "00:00:02";
        using var api = new HttpApi(Gateways.AdminKey, Patience);
        using var server = await Gateways.StartAsync(environment, api);
        await ChangeAsync(api, "/v1/admin/tenants", """{"tenant_id":"acme","name":"acme"}""");
        await ChangeAsync(api, "/v1/admin/budgets", """{"tenant_id":"acme","scope":"tenant:acme","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":100}}""");
        var key = await ChangeAsync(api, "/v1/admin/api-keys", """{"tenant_id":"acme","name":"test"}""");
        api.UseKey("acme", (string)key.Body!["key_secret"]!);
        Assert.Equal(200, (await ReserveAsync(api, "before")).Status);

        replica.Kill();
        for (var attempt = 0; attempt <= Retries; attempt++)
        {
            var answer = await ReserveAsync(api, "while it is gone");
            Assert.True(answer.Status == 503, $"attempt {attempt + 1}: {answer}");
        }

        Assert.False(await api.IsReadyAsync());
        await replica.StartAsync();
        await replica.FollowAsync(primary);
        await Until.TrueAsync(api.IsReadyAsync, Patience, () => "the server does not serve again by itself");
        Assert.Equal(200, (await ReserveAsync(api, "while it is gone")).Status);
        var budget = await api.SendAsync(ApiRequest.Get($"/v1/admin/budgets/lookup?{Budget}", null));
        Assert.Equal(20, budget.Amount("reserved"));
    }

    private static async Task<Answer> ChangeAsync(HttpApi api, string path, string body)
    {
        var answer = await api.SendAsync(ApiRequest.Post(path, null, body));
        Assert.True(answer.IsSuccess, $"{path}: {answer}");
        return answer;
    }

    private static Task<Answer> ReserveAsync(HttpApi api, string key) => api.SendAsync(ApiRequest.Post(
        "/v1/reservations",
        "acme",
        $$"""{"idempotency_key":"{{key}}","subject":{"tenant":"acme"},"action":{"kind":"test","name":"test"},"estimate":{"unit":"TOKENS","amount":10},"ttl_ms":3600000}"""));
}
