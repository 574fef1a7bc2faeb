using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests.Security;

/// <summary>Silos and a gateway in processes of their own on a Redis, with one tenant that has a budget of 100 and a key.</summary>
internal sealed class SecuredCluster : IDisposable
{
    public const string TenantId = "acme";

    private readonly List<IDisposable> _parts = [];
    private readonly List<int> _clientPorts = [];
    private readonly List<int> _siloPorts = [];
    private readonly List<ServerProcess> _silos = [];

    public HttpApi Api { get; } = new(Gateways.AdminKey);

    /// <summary>The ports on which the silos take clients.</summary>
    public IReadOnlyList<int> ClientPorts => _clientPorts;

    /// <summary>The ports on which the silos take silos.</summary>
    public IReadOnlyList<int> SiloPorts => _siloPorts;

    /// <summary>The secret of the tenant's key.</summary>
    public string Key { get; private set; } = string.Empty;

    /// <summary>What the silos wrote.</summary>
    public string Log => string.Join('\n', _silos.Select(silo => silo.Log));

    public static async Task<SecuredCluster> StartAsync(
        int silos, IReadOnlyDictionary<string, string>? ofSilos = null, IReadOnlyDictionary<string, string>? ofGateway = null)
    {
        RedisProcess.SkipUnlessInstalled();
        var cluster = new SecuredCluster();
        try
        {
            var data = cluster.Keep(new TemporaryFolder());
            var redis = cluster.Keep(await RedisProcess.StartAsync(data.Path));
            for (var i = 0; i < silos; i++)
            {
                var environment = Merge(redis.EnvironmentOfSilo(), ofSilos);
                cluster._clientPorts.Add(int.Parse(environment["Cycles__GatewayPort"]));
                cluster._siloPorts.Add(int.Parse(environment["Cycles__SiloPort"]));
                cluster._silos.Add(cluster.Keep(await Silos.StartAsync(environment)));
            }

            cluster.Keep(cluster.Api);
            cluster.Keep(await Gateways.StartAsync(Merge(redis.EnvironmentOfGateway(), ofGateway), cluster.Api));
            await cluster.ProvisionAsync();
            return cluster;
        }
        catch (Exception)
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Asks until the answer is final: the first silo may still be taking over what the second one gets.</summary>
    public async Task<JsonObject> AskAsync(ApiRequest request)
    {
        var started = TimeProvider.System.GetTimestamp();
        var answer = await Api.SendAsync(request);
        var isRepeated = false;
        while (!answer.IsFinal && TimeProvider.System.GetElapsedTime(started) < OrleansClients.Patience)
        {
            isRepeated = true;
            await Task.Delay(100);
            answer = await Api.SendAsync(request);
        }

        // What has no idempotency key may have been done by the attempt that was not answered.
        Assert.True(answer.IsSuccess || (isRepeated && answer.Error == "DUPLICATE_RESOURCE"), answer.ToString());
        return answer.Body!;
    }

    public async Task<int> CountKeysAsync() => (await AskAsync(ApiRequest.Get($"/v1/admin/api-keys?tenant_id={TenantId}", null)))["keys"]!.AsArray().Count;

    /// <summary>What is allocated and what is spent.</summary>
    public async Task<(long Allocated, long Spent)> BudgetAsync()
    {
        var budget = await AskAsync(ApiRequest.Get($"/v1/admin/budgets/lookup?scope=tenant:{TenantId}&unit=TOKENS", null));
        return ((long)budget["allocated"]!["amount"]!, (long)budget["spent"]!["amount"]!);
    }

    public void Dispose()
    {
        for (var i = _parts.Count - 1; i >= 0; i--)
        {
            _parts[i].Dispose();
        }
    }

    private static Dictionary<string, string> Merge(Dictionary<string, string> first, IReadOnlyDictionary<string, string>? second)
    {
        foreach (var (name, value) in second ?? new Dictionary<string, string>())
        {
            first[name] = value;
        }

        return first;
    }

    private async Task ProvisionAsync()
    {
        await AskAsync(ApiRequest.Post("/v1/admin/tenants", null, $$"""{"tenant_id":"{{TenantId}}","name":"Acme"}"""));
        await AskAsync(ApiRequest.Post(
            "/v1/admin/budgets",
            null,
            $$$"""{"tenant_id":"{{{TenantId}}}","scope":"tenant:{{{TenantId}}}","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":100}}"""));
        var key = await AskAsync(ApiRequest.Post("/v1/admin/api-keys", null, $$"""{"tenant_id":"{{TenantId}}","name":"agent"}"""));
        Key = (string)key["key_secret"]!;
        Api.UseKey(TenantId, Key);
    }

    private T Keep<T>(T part)
        where T : IDisposable
    {
        _parts.Add(part);
        return part;
    }
}
