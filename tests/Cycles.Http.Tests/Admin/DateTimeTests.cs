using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>Moments in requests (format date-time, RFC 3339).</summary>
public sealed class DateTimeTests(ServerFixture server)
{
    private Api Api => server.Api;

    [Theory]
    [InlineData("2031-01-02T03:04:05")]
    [InlineData("2031-01-02T03:04:05.5")]
    [InlineData("2031-01-02T03:04Z")]
    [InlineData("2031-01-02")]
    [InlineData("2031-01-02 03:04:05Z")]
    [InlineData("2031-01-02T03:04:05+0100")]
    [InlineData("2031-01-02T03:04:05.Z")]
    [InlineData("2031-02-29T03:04:05Z")]
    [InlineData("2031-01-02T24:00:00Z")]
    [InlineData("9999-12-31T23:59:59-01:00")]
    [InlineData("")]
    public async Task What_is_no_moment_is_refused_wherever_it_stands(string moment)
    {
        var tenant = await TestTenant.CreateAsync(Api);

        (await CreateKeyAsync(tenant, moment)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        var policy = (await CreatePolicyAsync(tenant, "2031-01-02T03:04:05Z")).Expect(HttpStatusCode.Created).Text("policy_id");
        foreach (var member in new[] { "effective_from", "effective_until" })
        {
            (await Api.SendAsync(
                HttpMethod.Patch, $"/v1/admin/policies/{policy}", ServerProcess.AdminKey, $$"""{"{{member}}":"{{moment}}"}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
            (await CreatePolicyAsync(tenant, moment, member)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        }

        foreach (var member in new[] { "period_start", "period_end" })
        {
            (await Api.PostAsync(
                "/v1/admin/budgets",
                ServerProcess.AdminKey,
                $$"""{"tenant_id":"{{tenant.Id}}","scope":"{{tenant.Root}}","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1},"{{member}}":"{{moment}}"}"""))
                .Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        }

        await tenant.CreateBudgetAsync(tenant.Root, 1);
        (await Api.SendAsync(
            HttpMethod.Put,
            $"/v1/x-cycles/budgets/period?scope={tenant.Root}&unit=TOKENS",
            ServerProcess.AdminKey,
            $$"""{"recurrence":"DAILY","starts_at":"{{moment}}"}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        if (moment.Length > 0)
        {
            // A blank parameter counts as absent.
            (await Api.GetAsync($"{AuditLog.Path}?from={Uri.EscapeDataString(moment)}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
            (await tenant.GetAsync($"/v1/reservations?to={Uri.EscapeDataString(moment)}")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        }
    }

    [Theory]
    [InlineData("2031-01-02T03:04:05Z", "2031-01-02T03:04:05")]
    [InlineData("2031-01-02t03:04:05z", "2031-01-02T03:04:05")]
    [InlineData("2031-01-02T03:04:05+14:00", "2031-01-01T13:04:05")]
    [InlineData("2031-01-02T23:04:05-18:30", "2031-01-03T17:34:05")]
    [InlineData("2031-01-02T03:04:05.1234567891Z", "2031-01-02T03:04:05.1234567")]
    [InlineData("2032-02-29T03:04:05.5-00:00", "2032-02-29T03:04:05.5")]
    public async Task Every_moment_is_taken_and_answered_in_UTC(string moment, string utc)
    {
        var tenant = await TestTenant.CreateAsync(Api);

        Assert.Equal($"{utc}+00:00", (await CreateKeyAsync(tenant, moment)).Expect(HttpStatusCode.Created).Text("expires_at"));
        Assert.Equal($"{utc}+00:00", (await CreatePolicyAsync(tenant, moment)).Expect(HttpStatusCode.Created).Text("effective_from"));
        (await Api.GetAsync($"{AuditLog.Path}?from={Uri.EscapeDataString(moment)}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
    }

    private Task<Answer> CreateKeyAsync(TestTenant tenant, string expiresAt) => Api.PostAsync(
        "/v1/admin/api-keys", ServerProcess.AdminKey, $$"""{"tenant_id":"{{tenant.Id}}","name":"k","expires_at":"{{expiresAt}}"}""");

    private Task<Answer> CreatePolicyAsync(TestTenant tenant, string moment, string member = "effective_from") => Api.PostAsync(
        "/v1/admin/policies",
        ServerProcess.AdminKey,
        $$"""{"tenant_id":"{{tenant.Id}}","name":"p","scope_pattern":"{{tenant.Root}}","{{member}}":"{{moment}}"}""");
}
