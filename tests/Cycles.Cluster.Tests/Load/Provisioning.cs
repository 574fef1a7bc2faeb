using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Model;

namespace Cycles.Cluster.Tests.Load;

/// <summary>Makes tenants, keys and budgets through the admin plane.</summary>
internal static class Provisioning
{
    private const int MostAttempts = 12;

    /// <returns>The secret of the tenant's key.</returns>
    public static async Task<string> CreateAsync(ICyclesApi api, TenantModel tenant)
    {
        await PostAsync(api, "/v1/admin/tenants", new JsonObject { ["tenant_id"] = tenant.Id, ["name"] = tenant.Id });
        var key = await PostAsync(api, "/v1/admin/api-keys", new JsonObject { ["tenant_id"] = tenant.Id, ["name"] = "load" });
        foreach (var budget in tenant.Budgets)
        {
            await PostAsync(api, "/v1/admin/budgets", new JsonObject
            {
                ["tenant_id"] = tenant.Id,
                ["scope"] = budget.Scope,
                ["unit"] = Requests.Unit,
                ["allocated"] = Requests.Amount(budget.Allocated),
                ["overdraft_limit"] = Requests.Amount(budget.OverdraftLimit),
            });
        }

        return (string)key["key_secret"]!;
    }

    private static async Task<JsonObject> PostAsync(ICyclesApi api, string path, JsonObject body)
    {
        // A server that has just started on a busy machine may be slow, and what was not answered may have been done all the same.
        var answer = await api.SendAsync(ApiRequest.Post(path, null, body.ToJsonString()));
        for (var attempt = 1; attempt < MostAttempts && !answer.IsFinal; attempt++)
        {
            answer = await api.SendAsync(ApiRequest.Post(path, null, body.ToJsonString()));
        }

        Assert.True(answer.IsSuccess || answer.Error == "DUPLICATE_RESOURCE", $"{path} {body.ToJsonString()}: {answer}");
        return answer.Body!;
    }
}
