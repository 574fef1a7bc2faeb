using System.Globalization;
using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

public sealed class TenantListTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task Tenants_are_filtered_by_status_parent_and_search()
    {
        var mark = NewMark();
        await CreateAsync($"{mark}-a", "Alpha");
        await CreateAsync($"{mark}-b", "Beta", $",\"parent_tenant_id\":\"{mark}-a\"");
        await CreateAsync($"{mark}-c", $"Gamma {mark} Ltd");
        (await Api.SendAsync(HttpMethod.Patch, $"/v1/admin/tenants/{mark}-b", ServerProcess.AdminKey, """{"status":"SUSPENDED"}""")).Expect(HttpStatusCode.OK);

        Assert.Equal([$"{mark}-b"], await IdsAsync($"search={mark}&status=SUSPENDED"));
        Assert.Equal([$"{mark}-b"], await IdsAsync($"parent_tenant_id={mark}-a"));
        Assert.Equal([$"{mark}-c"], await IdsAsync($"search=GAMMA%20{mark}"));
        Assert.Equal([$"{mark}-c", $"{mark}-b", $"{mark}-a"], await IdsAsync($"search={mark}&sort_by=tenant_id"));
        Assert.Equal([$"{mark}-a", $"{mark}-b", $"{mark}-c"], await IdsAsync($"search={mark}&sort_by=name&sort_dir=asc"));
        Assert.Equal($"{mark}-b", (await IdsAsync($"search={mark}&sort_by=status"))[0]);
        Assert.Equal([$"{mark}-c", $"{mark}-b", $"{mark}-a"], await IdsAsync($"search={mark}&sort_by=created_at"));
        Assert.Equal(3, (await IdsAsync($"search={mark}&limit=1000&observe_mode=ENFORCE")).Length);
        (await Api.GetAsync("/v1/admin/tenants?sort_by=parent", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Fact]
    public async Task Keys_of_all_tenants_are_listed_by_filter_sort_and_page()
    {
        var mark = NewMark();
        await CreateAsync($"{mark}-a", "A");
        await CreateAsync($"{mark}-b", "B");
        var made = new List<(string Name, DateTimeOffset At, string Id)>();
        foreach (var (tenant, name) in new[] { ("a", "1"), ("b", "2"), ("a", "3") })
        {
            var key = (await Api.PostAsync(
                "/v1/admin/api-keys",
                ServerProcess.AdminKey,
                $$"""{"tenant_id":"{{mark}}-{{tenant}}","name":"Key {{mark}} {{name}}"}""")).Expect(HttpStatusCode.Created);
            made.Add((name, DateTimeOffset.Parse(key.Text("created_at"), CultureInfo.InvariantCulture), key.Text("key_id")));
        }

        // The newest first is the default. Two tenants' keys may be of one millisecond: these go by their ids.
        Assert.Equal(made.Select(key => key.At).Order(), made.Select(key => key.At));
        Assert.True(made[2].At > made[0].At);
        Assert.Equal(
            made.OrderByDescending(key => key.At).ThenByDescending(key => key.Id, StringComparer.Ordinal).Select(key => key.Name),
            await KeysAsync($"search=key%20{mark}"));
        Assert.Equal("2", (await KeysAsync($"search={mark}&sort_by=tenant_id"))[0]);
        Assert.Equal(["1", "2", "3"], await KeysAsync($"search={mark}&sort_by=name&sort_dir=asc"));
        Assert.Equal(2, (await KeysAsync($"tenant_id={mark}-a")).Length);
        Assert.Empty(await KeysAsync("tenant_id=no-such-tenant"));

        var first = (await Api.GetAsync($"/v1/admin/api-keys?search={mark}&sort_by=expires_at&sort_dir=asc&limit=2", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        var second = (await Api.GetAsync($"/v1/admin/api-keys?search={mark}&sort_by=expires_at&sort_dir=asc&limit=2&cursor={first.Text("next_cursor")}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        Assert.Equal(2, first["keys"]!.AsArray().Count);
        Assert.Single(second["keys"]!.AsArray());
        (await Api.GetAsync($"/v1/admin/api-keys?search={mark}&cursor={first.Text("next_cursor")}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

        var id = (string)first["keys"]![0]!["key_id"]!;
        (await Api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        Assert.Single(await KeysAsync($"search={mark}&status=REVOKED"));
        Assert.Equal(2, (await KeysAsync($"search={mark}&status=ACTIVE&limit=2000")).Length);
        Assert.Single(await KeysAsync($"search={id}"));
    }

    private static string NewMark() => $"m{Guid.NewGuid():N}"[..12];

    private async Task CreateAsync(string id, string name, string more = "") =>
        (await Api.PostAsync("/v1/admin/tenants", ServerProcess.AdminKey, $$"""{"tenant_id":"{{id}}","name":"{{name}}"{{more}}}""")).Expect(HttpStatusCode.Created);

    private async Task<string[]> IdsAsync(string query) =>
        [.. (await Api.GetAsync($"/v1/admin/tenants?{query}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["tenants"]!.AsArray().Select(tenant => (string)tenant!["tenant_id"]!)];

    /// <summary>The last character of the names.</summary>
    private async Task<string[]> KeysAsync(string query) =>
        [.. (await Api.GetAsync($"/v1/admin/api-keys?{query}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["keys"]!.AsArray().Select(key => ((string)key!["name"]!)[^1..])];
}
