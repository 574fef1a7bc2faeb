using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

public sealed class ApiKeyTests(ServerFixture server)
{
    /// <summary>Within this time a change of a key is in force everywhere.</summary>
    private static readonly TimeSpan InForce = TimeSpan.FromSeconds(1);

    private Api Api => server.Api;

    [Fact]
    public async Task A_change_replaces_what_is_given_and_leaves_the_rest()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var (id, _) = await CreateAsync(tenant, ""","description":"d","permissions":["budgets:read"],"scope_filter":["agent:a"],"metadata":{"a":1}""");

        var renamed = (await PatchAsync(id, """{"name":"new"}""")).Expect(HttpStatusCode.OK);
        var changed = (await PatchAsync(id, """{"permissions":[],"scope_filter":["Workspace:Eng","agent:*"],"metadata":{"b":[2]}}""")).Expect(HttpStatusCode.OK);

        Assert.Equal(("new", "d"), (renamed.Text("name"), renamed.Text("description")));
        Assert.Equal("""["budgets:read"]""", renamed["permissions"]!.ToJsonString());
        Assert.Equal("""["agent:a"]""", renamed["scope_filter"]!.ToJsonString());
        Assert.Equal("[]", changed["permissions"]!.ToJsonString());
        Assert.Equal("""["Workspace:Eng","agent:*"]""", changed["scope_filter"]!.ToJsonString());
        Assert.Equal("""{"b":[2]}""", changed["metadata"]!.ToJsonString());
        Assert.Equal(changed.Body.ToJsonString(), (await FindAsync(tenant, id)).ToJsonString());
    }

    [Fact]
    public async Task A_change_is_in_force_within_a_second()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var (id, key) = await CreateAsync(tenant, ""","permissions":["budgets:read"]""");
        (await Api.GetAsync("/v1/admin/budgets", key)).Expect(HttpStatusCode.OK);
        (await Api.GetAsync("/v1/balances?unit=TOKENS", key)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");

        (await PatchAsync(id, """{"permissions":["balances:read"]}""")).Expect(HttpStatusCode.OK);
        await Task.Delay(InForce);
        (await Api.GetAsync("/v1/admin/budgets", key)).Expect(HttpStatusCode.Forbidden, "INSUFFICIENT_PERMISSIONS");
        Assert.Single((await Api.GetAsync("/v1/balances?unit=TOKENS", key)).Expect(HttpStatusCode.OK)["balances"]!.AsArray());

        (await PatchAsync(id, """{"scope_filter":["agent:*"]}""")).Expect(HttpStatusCode.OK);
        await Task.Delay(InForce);
        Assert.Empty((await Api.GetAsync("/v1/balances?unit=TOKENS", key)).Expect(HttpStatusCode.OK)["balances"]!.AsArray());

        (await PatchAsync(id, """{"scope_filter":[]}""")).Expect(HttpStatusCode.OK);
        await Task.Delay(InForce);
        Assert.Single((await Api.GetAsync("/v1/balances?unit=TOKENS", key)).Expect(HttpStatusCode.OK)["balances"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"permissions":["budgets:read","fly"]}""", "Unrecognized permission: fly")]
    [InlineData("""{"permissions":["*"]}""", "Unrecognized permission: *")]
    [InlineData("""{"permissions":[null]}""", "")]
    [InlineData("""{"scope_filter":["workspace:eng","*"]}""", "scope_filter[1]")]
    [InlineData("""{"scope_filter":["team:eng"]}""", "scope_filter[0]")]
    [InlineData("""{"scope_filter":[""]}""", "scope_filter[0]")]
    [InlineData("""{"scope_filter":"agent:*"}""", "scope_filter")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"metadata":[]}""", "metadata")]
    [InlineData("""{"status":"ACTIVE"}""", "status")]
    [InlineData("""{"expires_at":"2099-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"tenant_id":"other"}""", "tenant_id")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    public async Task What_a_change_may_not_say_is_refused_and_changes_nothing(string body, string named)
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var (id, _) = await CreateAsync(tenant);
        var before = (await FindAsync(tenant, id)).ToJsonString();

        var answer = await PatchAsync(id, body);

        answer.Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        Assert.Contains(named, answer.Text("message"));
        Assert.Equal(before, (await FindAsync(tenant, id)).ToJsonString());
    }

    [Fact]
    public async Task Neither_a_revoked_nor_an_expired_key_changes_any_more()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var (revoked, _) = await CreateAsync(tenant);
        var expires = DateTimeOffset.UtcNow.AddSeconds(3);
        var (expired, _) = await CreateAsync(tenant, $",\"expires_at\":\"{expires:O}\"");
        (await Api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{revoked}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        await Until(expires + TimeSpan.FromSeconds(0.5));

        (await PatchAsync(revoked, """{"name":"new"}""")).Expect(HttpStatusCode.Conflict, "KEY_REVOKED");
        (await PatchAsync(expired, """{"name":"new"}""")).Expect(HttpStatusCode.Conflict, "KEY_EXPIRED");
        (await PatchAsync("key_x", """{"name":"new"}""")).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
        (await PatchAsync($"key_{tenant.Id}_{new string('0', 32)}", """{"name":"new"}""")).Expect(HttpStatusCode.NotFound, "NOT_FOUND");
        Assert.Equal("key", (string)(await FindAsync(tenant, revoked))["name"]!);
        Assert.Equal("EXPIRED", (string)(await FindAsync(tenant, expired))["status"]!);
    }

    [Fact]
    public async Task A_key_has_the_default_permissions_when_none_are_named_and_none_when_there_are_none()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var (none, _) = await CreateAsync(tenant, ""","permissions":[]""");
        var (byDefault, _) = await CreateAsync(tenant);

        Assert.Empty((await FindAsync(tenant, none))["permissions"]!.AsArray());
        Assert.Equal(10, (await FindAsync(tenant, byDefault))["permissions"]!.AsArray().Count);
    }

    [Fact]
    public async Task Validation_says_what_a_key_is_worth_now()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var (id, key) = await CreateAsync(tenant, ""","permissions":["budgets:read"],"scope_filter":["agent:*"]""");
        var expires = DateTimeOffset.UtcNow.AddSeconds(3);
        var (_, expired) = await CreateAsync(tenant, $",\"expires_at\":\"{expires:O}\"");

        var valid = (await ValidateAsync(key)).Expect(HttpStatusCode.OK);
        Assert.True((bool)valid["valid"]!);
        Assert.Equal((tenant.Id, id), (valid.Text("tenant_id"), valid.Text("key_id")));
        Assert.Equal("""["budgets:read"]""", valid["permissions"]!.ToJsonString());
        Assert.Equal("""["agent:*"]""", valid["scope_filter"]!.ToJsonString());
        Assert.Null(valid["reason"]);

        await tenant.PatchAsync("""{"status":"SUSPENDED"}""");
        await ExpectInvalidAsync(key, "TENANT_SUSPENDED", tenant.Id);
        await tenant.PatchAsync("""{"status":"ACTIVE"}""");
        Assert.True((bool)(await ValidateAsync(key))["valid"]!);
        (await Api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        await ExpectInvalidAsync(key, "REVOKED", tenant.Id);
        await Until(expires + TimeSpan.FromSeconds(0.5));
        await ExpectInvalidAsync(expired, "EXPIRED", tenant.Id);
    }

    [Fact]
    public async Task A_key_shows_when_it_was_last_used_and_another_use_in_the_same_minute_costs_nothing()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var (id, key) = await CreateAsync(tenant, ""","permissions":[]""");
        Assert.Null((await FindAsync(tenant, id))["last_used_at"]);
        (await ValidateAsync(key)).Expect(HttpStatusCode.OK);
        var before = DateTimeOffset.UtcNow;

        (await Api.GetAsync("/v1/auth/introspect", key)).Expect(HttpStatusCode.OK);
        await TestTenant.UntilAsync(async () => (await FindAsync(tenant, id))["last_used_at"] is not null);

        // The store's clock is this machine's, but for the way to it.
        var shown = (string)(await FindAsync(tenant, id))["last_used_at"]!;
        Assert.InRange(
            DateTimeOffset.Parse(shown, CultureInfo.InvariantCulture), before.AddSeconds(-0.2), DateTimeOffset.UtcNow.AddSeconds(0.2));
        for (var i = 0; i < 20; i++)
        {
            // Refused requests are uses too: their sender has the key.
            (await Api.GetAsync("/v1/balances?unit=TOKENS", key)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        }

        Assert.Equal(shown, (await PatchAsync(id, """{"name":"new"}""")).Expect(HttpStatusCode.OK).Text("last_used_at"));
        Assert.Equal(shown, (await Api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK).Text("last_used_at"));
        Assert.Equal(shown, (string)(await FindAsync(tenant, id))["last_used_at"]!);
        Assert.DoesNotContain(
            await new AuditLog(Api).QueryAsync($"tenant_id={tenant.Id}&resource_id={id}"),
            entry => (string)entry["operation"]! is not ("createApiKey" or "updateApiKey" or "revokeApiKey"));
    }

    [Fact]
    public async Task When_a_key_was_last_used_survives_a_crash()
    {
        var data = Directory.CreateTempSubdirectory("cycles-keys-");
        try
        {
            string path, uses;
            using (var crashed = await ServerProcess.StartAsync(data.FullName))
            {
                using var api = new Api(crashed.Address);
                var tenant = await TestTenant.CreateAsync(api, 100);
                path = $"/v1/admin/api-keys?tenant_id={tenant.Id}";
                (await api.GetAsync("/v1/balances?unit=TOKENS", tenant.Key)).Expect(HttpStatusCode.OK);
                await TestTenant.UntilAsync(async () => (await api.GetAsync(path, ServerProcess.AdminKey))["keys"]![0]!["last_used_at"] is not null);
                uses = (await api.GetAsync(path, ServerProcess.AdminKey))["keys"]!.ToJsonString();
            }

            using var again = await ServerProcess.StartAsync(data.FullName);
            using var after = new Api(again.Address);
            Assert.Equal(uses, (await after.GetAsync(path, ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["keys"]!.ToJsonString());
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("cyc_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("an-admin-key-for-tests")]
    public async Task What_is_no_key_is_not_valid(string secret) => await ExpectInvalidAsync(secret, "NOT_FOUND", string.Empty);

    [Fact]
    public async Task What_a_validation_says_besides_the_secret_is_ignored()
    {
        var tenant = await TestTenant.CreateAsync(Api);

        Assert.True((bool)(await Api.PostAsync(
            "/v1/auth/validate", ServerProcess.AdminKey, $$$"""{"key_secret":"{{{tenant.Key}}}","client":{"name":"runtime"}}""")).Expect(HttpStatusCode.OK)["valid"]!);
    }

    [Fact]
    public async Task A_secret_that_is_refused_or_valid_never_comes_back()
    {
        var tenant = await TestTenant.CreateAsync(Api);

        Assert.DoesNotContain(tenant.Key, (await ValidateAsync(tenant.Key)).Body.ToJsonString());
        (await Api.PostAsync("/v1/auth/validate", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        var wrong = (await Api.PostAsync("/v1/auth/validate", ServerProcess.AdminKey, $$"""{"key_secret":["{{tenant.Key}}"]}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        Assert.DoesNotContain(tenant.Key, wrong.Body.ToJsonString());
    }

    [Fact]
    public async Task The_admin_key_introspects_as_the_admin()
    {
        var answer = (await Api.GetAsync("/v1/auth/introspect", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);

        Assert.Equal("admin", answer.Text("auth_type"));
        Assert.Equal("""["*"]""", answer["permissions"]!.ToJsonString());
        Assert.Equal(15, answer["capabilities"]!.AsObject().Count);
        Assert.All(answer["capabilities"]!.AsObject(), capability => Assert.True((bool)capability.Value!));
        Assert.False(answer.Body.AsObject().ContainsKey("tenant_id"));
        Assert.False(answer.Body.AsObject().ContainsKey("scope_filter"));
    }

    [Fact]
    public async Task A_tenants_key_introspects_as_what_it_is()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var (_, key) = await CreateAsync(tenant, ""","permissions":["policies:write","admin:tenants:write","admin:audit:read"],"scope_filter":["workspace:eng"]""");

        var answer = (await Api.GetAsync("/v1/auth/introspect", key)).Expect(HttpStatusCode.OK);
        var open = (await Api.GetAsync("/v1/auth/introspect", tenant.Key)).Expect(HttpStatusCode.OK);

        Assert.Equal(("tenant", tenant.Id), (answer.Text("auth_type"), answer.Text("tenant_id")));
        Assert.Equal("""["policies:write","admin:tenants:write","admin:audit:read"]""", answer["permissions"]!.ToJsonString());
        Assert.Equal("""["workspace:eng"]""", answer["scope_filter"]!.ToJsonString());
        Assert.Equal("manage_policies", Assert.Single(answer["capabilities"]!.AsObject(), capability => (bool)capability.Value!).Key);
        Assert.Equal(15, answer["capabilities"]!.AsObject().Count);
        Assert.False(open.Body.AsObject().ContainsKey("scope_filter"));
    }

    private async Task<(string Id, string Secret)> CreateAsync(TestTenant tenant, string more = "")
    {
        var key = (await Api.PostAsync("/v1/admin/api-keys", ServerProcess.AdminKey, $$"""{"tenant_id":"{{tenant.Id}}","name":"key"{{more}}}""")).Expect(HttpStatusCode.Created);
        return (key.Text("key_id"), key.Text("key_secret"));
    }

    private Task<Answer> PatchAsync(string id, string body) =>
        Api.SendAsync(HttpMethod.Patch, $"/v1/admin/api-keys/{id}", ServerProcess.AdminKey, body);

    private Task<Answer> ValidateAsync(string secret) =>
        Api.PostAsync("/v1/auth/validate", ServerProcess.AdminKey, $$"""{"key_secret":"{{secret}}"}""");

    private async Task ExpectInvalidAsync(string secret, string reason, string tenantId)
    {
        var answer = (await ValidateAsync(secret)).Expect(HttpStatusCode.OK);
        Assert.False((bool)answer["valid"]!);
        Assert.Equal((reason, tenantId), (answer.Text("reason"), answer.Text("tenant_id")));
        Assert.Null(answer["permissions"]);
    }

    private static Task Until(DateTimeOffset moment) => Task.Delay(TimeSpan.FromTicks(Math.Max(0, (moment - DateTimeOffset.UtcNow).Ticks)));

    private async Task<JsonNode> FindAsync(TestTenant tenant, string id) =>
        (await Api.GetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["keys"]!
        .AsArray().Single(key => (string)key!["key_id"]! == id)!;
}
