using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

public sealed class AccessTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Fact]
    public async Task Another_tenants_things_are_forbidden()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var stranger = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10);

        (await stranger.GetAsync($"/v1/reservations/{id}")).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await stranger.CommitAsync(id, 1)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await stranger.ReleaseAsync(id)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await stranger.ExtendAsync(id, 1000)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await Api.PostAsync("/v1/reservations", stranger.Key, tenant.Estimate("2", 1))).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await Api.PostAsync("/v1/decide", stranger.Key, tenant.Estimate("2", 1))).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await stranger.GetAsync($"/v1/reservations?tenant={tenant.Id}")).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await stranger.GetAsync($"/v1/balances?tenant={tenant.Id}")).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await stranger.GetAsync($"/v1/admin/budgets/lookup?scope={tenant.Root}&unit=TOKENS")).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        Assert.Equal(10, await tenant.AmountAsync("reserved"));
    }

    [Fact]
    public async Task A_revoked_key_is_refused_within_a_second()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.ReservedAsync("1", 1);
        var keyId = (string)(await Api.GetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}", ServerProcess.AdminKey))["keys"]![0]!["key_id"]!;

        (await Api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{keyId}?reason=test", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        await Task.Delay(TimeSpan.FromSeconds(1));

        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await Api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{keyId}", ServerProcess.AdminKey)).Expect(HttpStatusCode.Conflict, "KEY_REVOKED");
    }

    [Fact]
    public async Task A_key_ends_at_its_expiry()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var expires = DateTimeOffset.UtcNow.AddSeconds(4);
        var key = await TestTenant.CreateKeyAsync(Api, tenant.Id, $",\"expires_at\":\"{expires:O}\"");

        (await Api.GetAsync($"/v1/balances?tenant={tenant.Id}", key)).Expect(HttpStatusCode.OK);
        await Task.Delay(expires - DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1));

        (await Api.GetAsync($"/v1/balances?tenant={tenant.Id}", key)).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task A_suspended_tenant_starts_nothing_and_settles_what_it_has()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var first = await tenant.ReservedAsync("1", 10);
        var second = await tenant.ReservedAsync("2", 10);
        (await tenant.PatchAsync("""{"status":"SUSPENDED"}""")).Expect(HttpStatusCode.OK);

        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await tenant.EventAsync("3", 1)).Expect(HttpStatusCode.Forbidden, "FORBIDDEN");
        (await tenant.ExtendAsync(first, 1000)).Expect(HttpStatusCode.OK);
        (await tenant.CommitAsync(first, 5)).Expect(HttpStatusCode.OK);
        (await tenant.ReleaseAsync(second)).Expect(HttpStatusCode.OK);

        (await tenant.PatchAsync("""{"status":"ACTIVE"}""")).Expect(HttpStatusCode.OK);
        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_suspended_tenant_is_read_only_to_itself_and_not_to_the_admin()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var budget = $"scope={tenant.Root}&unit={TestTenant.Unit}";
        const string Credit = """{"operation":"CREDIT","amount":{"unit":"TOKENS","amount":1}}""";
        var policy = (await Api.PostAsync("/v1/admin/policies", tenant.Key, """{"name":"p","scope_pattern":"agent:*"}""")).Expect(HttpStatusCode.Created).Text("policy_id");
        (await tenant.PatchAsync("""{"status":"SUSPENDED"}""")).Expect(HttpStatusCode.OK);

        // What a gateway knows of a key is at most half a second old.
        await TestTenant.UntilAsync(async () => (await Api.PostAsync($"/v1/admin/budgets/fund?{budget}", tenant.Key, Credit)).Error == "TENANT_SUSPENDED");
        await ExpectRefusedAsync(HttpMethod.Post, $"/v1/admin/budgets/fund?{budget}", Credit);
        await ExpectRefusedAsync(
            HttpMethod.Post, "/v1/admin/budgets", $$$"""{"scope":"{{{tenant.Root}}}/agent:a","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1}}""");
        await ExpectRefusedAsync(HttpMethod.Post, "/v1/admin/policies", """{"name":"q","scope_pattern":"agent:*"}""");
        await ExpectRefusedAsync(HttpMethod.Patch, $"/v1/admin/policies/{policy}", """{"status":"DISABLED"}""");
        await ExpectRefusedAsync(HttpMethod.Put, $"/v1/x-cycles/budgets/period?{budget}", """{"recurrence":"DAILY"}""");
        await ExpectRefusedAsync(HttpMethod.Delete, $"/v1/x-cycles/budgets/period?{budget}", null);

        (await Api.GetAsync("/v1/admin/budgets", tenant.Key)).Expect(HttpStatusCode.OK);
        (await Api.GetAsync("/v1/admin/policies", tenant.Key)).Expect(HttpStatusCode.OK);
        (await Api.GetAsync($"/v1/admin/budgets/lookup?{budget}", tenant.Key)).Expect(HttpStatusCode.OK);
        (await Api.GetAsync("/v1/auth/introspect", tenant.Key)).Expect(HttpStatusCode.OK);
        (await tenant.FundAsync("CREDIT", 1)).Expect(HttpStatusCode.OK);

        async Task ExpectRefusedAsync(HttpMethod method, string path, string? body) =>
            (await Api.SendAsync(method, path, tenant.Key, body)).Expect(HttpStatusCode.Forbidden, "TENANT_SUSPENDED");
    }

    [Fact]
    public async Task A_closed_tenant_changes_nothing_and_can_still_be_read()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10);
        var other = await tenant.ReservedAsync("2", 10);
        await tenant.CommitAsync(other, 10);
        (await tenant.PatchAsync("""{"status":"CLOSED"}""")).Expect(HttpStatusCode.OK);

        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        (await tenant.EventAsync("3", 1)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        (await tenant.CommitAsync(id, 5)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        (await tenant.ReleaseAsync(id)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        (await tenant.ExtendAsync(id, 1000)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        (await tenant.ReleaseAsync(other)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        (await tenant.CommitAsync(other, 10)).Expect(HttpStatusCode.OK);
        (await tenant.FundAsync("CREDIT", 1)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        Assert.Equal("TENANT_CLOSED", (await tenant.DecideAsync("3", 1)).Expect(HttpStatusCode.OK).Text("reason_code"));
        await TestTenant.UntilAsync(async () =>
            (await Api.GetAsync($"/v1/reservations/{id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK).Text("status") == "RELEASED");
        (await tenant.PatchAsync("""{"status":"ACTIVE"}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Fact]
    public async Task The_admin_reads_lists_and_releases_for_a_tenant()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10);

        (await Api.GetAsync("/v1/reservations", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        Assert.Single((await Api.GetAsync($"/v1/reservations?tenant={tenant.Id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK)["reservations"]!.AsArray());
        (await Api.GetAsync($"/v1/reservations/{id}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        (await Api.PostAsync($"/v1/reservations/{id}/release", ServerProcess.AdminKey, """{"idempotency_key":"r"}""")).Expect(HttpStatusCode.OK);
    }
}
