using System.Net;
using System.Text.Json.Nodes;
using Cycles.Http.Tests.Server;
using Cycles.Protocol.Keys;

namespace Cycles.Http.Tests.Isolation;

/// <summary>A tenant with two parts that have one of everything each, and those who would look at it.</summary>
internal sealed class World
{
    private readonly Api _api;

    private World(Api api, TestTenant tenant, TestTenant stranger, string mark) =>
        (_api, Tenant, Stranger, Inside, Outside) = (api, tenant, stranger, $"in-{mark}", $"out-{mark}");

    public TestTenant Tenant { get; }

    /// <summary>Another tenant, whose key may everything.</summary>
    public TestTenant Stranger { get; }

    /// <summary>The workspace that the restricted key is for.</summary>
    public string Inside { get; }

    /// <summary>The workspace that it is not for; what the requests are about.</summary>
    public string Outside { get; }

    public string OutsideScope => $"{Tenant.Root}/workspace:{Outside}";

    /// <summary>The subject's member that puts it outside.</summary>
    public string OutsideSubject => $",\"workspace\":\"{Outside}\"";

    /// <summary>An active reservation outside.</summary>
    public string Reservation { get; private set; } = string.Empty;

    /// <summary>A policy outside.</summary>
    public string Policy { get; private set; } = string.Empty;

    /// <summary>A key of the tenant that nobody uses.</summary>
    public string KeyId { get; private set; } = string.Empty;

    /// <summary>The secret of that key.</summary>
    public string KeySecret { get; private set; } = string.Empty;

    /// <summary>A key that was revoked before its first use.</summary>
    public string RevokedKey { get; private set; } = string.Empty;

    /// <summary>A key with all permissions for the part inside.</summary>
    public string RestrictedKey { get; private set; } = string.Empty;

    public static async Task<World> CreateAsync(Api api)
    {
        var everything = $",\"permissions\":{Json(TenantPermissions)}";
        var tenant = await TestTenant.CreateAsync(api, permissions: everything);
        var stranger = await TestTenant.CreateAsync(api, permissions: everything);
        var world = new World(api, tenant, stranger, $"{Guid.NewGuid():N}"[..12]);
        await stranger.CreateBudgetAsync(stranger.Root, 1000);
        await tenant.CreateBudgetAsync(tenant.Root, 1000);
        foreach (var workspace in (string[])[world.Inside, world.Outside])
        {
            var scope = $"{tenant.Root}/workspace:{workspace}";
            await tenant.CreateBudgetAsync(scope, 1000);
            world.Reservation = await tenant.ReservedAsync(workspace, 10, subject: $",\"workspace\":\"{workspace}\"");
            world.Policy = (await api.PostAsync("/v1/admin/policies", tenant.Key, $$"""{"name":"{{workspace}}","scope_pattern":"{{scope}}/*"}"""))
                .Expect(HttpStatusCode.Created).Text("policy_id");
        }

        (world.KeyId, world.KeySecret) = await world.CreateKeyAsync(TenantPermissions);
        (_, world.RestrictedKey) = await world.CreateKeyAsync(TenantPermissions, $"workspace:{world.Inside}");
        (var revoked, world.RevokedKey) = await world.CreateKeyAsync(TenantPermissions);
        (await api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{revoked}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        return world;
    }

    /// <summary>All that a key of a tenant is meant to have.</summary>
    public static IReadOnlyList<string> TenantPermissions { get; } =
        [.. Permissions.All.Where(permission => !permission.StartsWith("admin:", StringComparison.Ordinal))];

    public async Task<(string Id, string Secret)> CreateKeyAsync(IEnumerable<string> permissions, params string[] scopeFilter)
    {
        var key = (await _api.PostAsync(
            "/v1/admin/api-keys",
            ServerProcess.AdminKey,
            $$"""{"tenant_id":"{{Tenant.Id}}","name":"key","permissions":{{Json(permissions)}},"scope_filter":{{Json(scopeFilter)}}}""")).Expect(HttpStatusCode.Created);
        return (key.Text("key_id"), key.Text("key_secret"));
    }

    /// <summary>All of the tenant that the admin can see, but when its keys were last used: to be refused is to use one.</summary>
    public async Task<string> SnapshotAsync()
    {
        string[] paths =
        [
            $"/v1/admin/tenants/{Tenant.Id}",
            $"/v1/admin/budgets?tenant_id={Tenant.Id}&sort_by=scope",
            $"/v1/admin/policies?tenant_id={Tenant.Id}",
            $"/v1/admin/api-keys?tenant_id={Tenant.Id}&sort_by=key_id",
            $"/v1/reservations?tenant={Tenant.Id}&sort_by=reservation_id",
        ];
        var bodies = new List<string>();
        foreach (var path in paths)
        {
            var body = (await _api.GetAsync(path, ServerProcess.AdminKey)).Expect(HttpStatusCode.OK).Body;
            foreach (var key in (body["keys"] as JsonArray ?? []).OfType<JsonObject>())
            {
                key.Remove("last_used_at");
            }

            bodies.Add(body.ToJsonString());
        }

        return string.Join('\n', bodies);
    }

    private static string Json(IEnumerable<string> values) => $"[{string.Join(',', values.Select(value => $"\"{value}\""))}]";
}
