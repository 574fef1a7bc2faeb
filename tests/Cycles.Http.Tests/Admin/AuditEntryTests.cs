using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>What is in the audit log: every change of the admin plane and every refusal, once.</summary>
public sealed class AuditEntryTests(ServerFixture server)
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private Api Api => server.Api;

    private AuditLog Log => new(server.Api);

    [Fact]
    public async Task Every_change_of_the_admin_leaves_one_entry_that_says_who_did_what()
    {
        var id = $"audited-{Guid.NewGuid():N}"[..24];
        var scope = $"tenant:{id}";
        var budget = $"scope={scope}&unit=TOKENS";

        await ChangeAsync("createTenant", "tenant", "admin", 201, "POST", "/v1/admin/tenants", $$"""{"tenant_id":"{{id}}","name":"A"}""", _ => id);
        await ChangeAsync("updateTenant", "tenant", "admin", 200, "PATCH", $"/v1/admin/tenants/{id}", """{"name":"B"}""", _ => id);
        var key = await ChangeAsync(
            "createApiKey", "api_key", "admin", 201, "POST", "/v1/admin/api-keys", $$"""{"tenant_id":"{{id}}","name":"k"}""", answer => answer.Text("key_id"));
        await ChangeAsync(
            "revokeApiKey", "api_key", "admin", 200, "DELETE", $"/v1/admin/api-keys/{key.Text("key_id")}?reason=lost", null, answer => answer.Text("key_id"));
        await ChangeAsync(
            "createBudget", "budget", "admin_on_behalf_of", 201, "POST", "/v1/admin/budgets",
            $$$"""{"tenant_id":"{{{id}}}","scope":"{{{scope}}}","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":100}}""", Ledger);
        var ledgerId = (await Api.GetAsync($"/v1/admin/budgets/lookup?{budget}", ServerProcess.AdminKey)).Text("ledger_id");
        await ChangeAsync(
            "updateBudget", "budget", "admin", 200, "PATCH", $"/v1/admin/budgets?{budget}",
            """{"overdraft_limit":{"unit":"TOKENS","amount":5}}""", Ledger);
        await ChangeAsync(
            "fundBudget", "budget", "admin_on_behalf_of", 200, "POST", $"/v1/admin/budgets/fund?{budget}&tenant_id={id}",
            """{"operation":"CREDIT","amount":{"unit":"TOKENS","amount":5}}""", _ => ledgerId);
        await ChangeAsync("freezeBudget", "budget", "admin", 200, "POST", $"/v1/admin/budgets/freeze?{budget}", """{"reason":"r"}""", Ledger);
        await ChangeAsync("unfreezeBudget", "budget", "admin", 200, "POST", $"/v1/admin/budgets/unfreeze?{budget}", "{}", Ledger);
        await ChangeAsync(
            "createPolicy", "policy", "admin_on_behalf_of", 201, "POST", "/v1/admin/policies",
            $$"""{"tenant_id":"{{id}}","name":"p","scope_pattern":"{{scope}}/*"}""", answer => answer.Text("policy_id"));

        Assert.Equal(10, (await Log.QueryAsync($"tenant_id={id}")).Length);

        string Ledger(Answer answer) => answer.Text("ledger_id");

        async Task<Answer> ChangeAsync(
            string operation, string resourceType, string actor, int status, string method, string path, string? body, Func<Answer, string> resourceOf)
        {
            var requestId = $"{operation}-{Guid.NewGuid():N}";
            var answer = await SendAsync(method, path, ServerProcess.AdminKey, body, requestId);
            answer.Expect((HttpStatusCode)status);
            var entry = await Log.OfRequestAsync(requestId);
            Assert.Equal(operation, (string?)entry["operation"]);
            Assert.Equal(id, (string?)entry["tenant_id"]);
            Assert.Equal(resourceType, (string?)entry["resource_type"]);
            Assert.Equal(resourceOf(answer), (string?)entry["resource_id"]);
            Assert.Equal(status, (int)entry["status"]!);
            Assert.Equal(actor, (string?)entry["metadata"]!["actor_type"]);
            Assert.Equal(TraceId, (string?)entry["trace_id"]);
            Assert.Equal("audit-tests", (string?)entry["user_agent"]);
            Assert.Null(entry["error_code"]);
            return answer;
        }
    }

    [Fact]
    public async Task A_change_says_what_it_changed()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var budget = $"/v1/admin/budgets?scope={tenant.Root}&unit=TOKENS";

        Assert.Equal(
            """{"changed_fields":["status"],"prior_status":"ACTIVE","new_status":"SUSPENDED","actor_type":"admin"}""",
            await ChangeAsync("PATCH", $"/v1/admin/tenants/{tenant.Id}", """{"status":"SUSPENDED"}"""));
        Assert.Equal(
            """{"changed_fields":["name","status","max_reservation_ttl_ms"],"prior_status":"SUSPENDED","new_status":"ACTIVE","actor_type":"admin"}""",
            await ChangeAsync("PATCH", $"/v1/admin/tenants/{tenant.Id}", """{"name":"B","status":"ACTIVE","max_reservation_ttl_ms":5000,"max_reservation_extensions":10}"""));
        Assert.Equal(
            $$$"""{"scope":"{{{tenant.Root}}}","unit":"TOKENS","changed_fields":["overdraft_limit","metadata"],"previous_overdraft_limit":0,"new_overdraft_limit":7,"metadata":{"ticket":1},"actor_type":"admin"}""",
            await ChangeAsync("PATCH", budget, """{"overdraft_limit":{"unit":"TOKENS","amount":7},"metadata":{"ticket":1}}"""));
        Assert.Equal(
            $$$"""{"scope":"{{{tenant.Root}}}/agent:a","unit":"TOKENS","metadata":{"ticket":2},"actor_type":"admin_on_behalf_of"}""",
            await ChangeAsync("POST", "/v1/admin/budgets", $$$"""{"tenant_id":"{{{tenant.Id}}}","scope":"{{{tenant.Root}}}/agent:a","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1},"metadata":{"ticket":2}}"""));
        Assert.Equal(
            """{"permissions":["budgets:read"],"scope_filter":["agent:a"],"actor_type":"admin"}""",
            await ChangeAsync("POST", "/v1/admin/api-keys", $$"""{"tenant_id":"{{tenant.Id}}","name":"k","permissions":["budgets:read"],"scope_filter":["agent:a"]}"""));

        async Task<string> ChangeAsync(string method, string path, string body)
        {
            var requestId = $"says-{Guid.NewGuid():N}";
            Assert.True((int)(await SendAsync(method, path, ServerProcess.AdminKey, body, requestId)).Status < 400);
            return (await Log.OfRequestAsync(requestId))["metadata"]!.ToJsonString();
        }
    }

    [Fact]
    public async Task A_change_with_an_API_key_names_the_key()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var keyId = (string)(await Api.GetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}", ServerProcess.AdminKey))["keys"]![0]!["key_id"]!;

        (await SendAsync(
            "POST", "/v1/admin/policies", tenant.Key, $$"""{"name":"p","scope_pattern":"{{tenant.Root}}/*"}""", $"p-{tenant.Id}")).Expect(HttpStatusCode.Created);

        var entry = await Log.OfRequestAsync($"p-{tenant.Id}");
        Assert.Equal(keyId, (string?)entry["key_id"]);
        Assert.Equal("api_key", (string?)entry["metadata"]!["actor_type"]);
        Assert.Equal(entry["log_id"]!.ToString(), Assert.Single(await Log.QueryAsync($"key_id={keyId}"))["log_id"]!.ToString());
    }

    [Theory]
    [InlineData("createTenant", "POST", "/v1/admin/tenants", "{}", 400, "INVALID_REQUEST", "tenant")]
    [InlineData("updateTenant", "PATCH", "/v1/admin/tenants/nobody-has-this", """{"name":"x"}""", 404, "TENANT_NOT_FOUND", "tenant")]
    [InlineData("createApiKey", "POST", "/v1/admin/api-keys", """{"tenant_id":"nobody-has-this","name":"x"}""", 400, "TENANT_NOT_FOUND", "api_key")]
    [InlineData("revokeApiKey", "DELETE", "/v1/admin/api-keys/key_x", null, 404, "NOT_FOUND", "api_key")]
    [InlineData("createBudget", "POST", "/v1/admin/budgets", "{\"unknown\":1}", 400, "INVALID_REQUEST", "budget")]
    [InlineData("updateBudget", "PATCH", "/v1/admin/budgets?scope=tenant:nobody-has-this&unit=TOKENS", """{"metadata":{}}""", 404, "BUDGET_NOT_FOUND", "budget")]
    [InlineData("fundBudget", "POST", "/v1/admin/budgets/fund?scope=tenant:nobody-has-this&unit=TOKENS", """{"operation":"CREDIT","amount":{"unit":"TOKENS","amount":1}}""", 400, "INVALID_REQUEST", "budget")]
    [InlineData("freezeBudget", "POST", "/v1/admin/budgets/freeze?scope=tenant:nobody-has-this&unit=TOKENS", "{}", 404, "BUDGET_NOT_FOUND", "budget")]
    [InlineData("unfreezeBudget", "POST", "/v1/admin/budgets/unfreeze?scope=tenant:nobody-has-this&unit=TOKENS", "{}", 404, "BUDGET_NOT_FOUND", "budget")]
    [InlineData("createPolicy", "POST", "/v1/admin/policies", "not JSON", 400, "INVALID_REQUEST", "policy")]
    [InlineData("releaseReservation", "POST", "/v1/reservations/rsv_nobody-has-this_0123/release", """{"idempotency_key":"k"}""", 404, "NOT_FOUND", "reservation")]
    public async Task Every_refusal_of_the_admin_leaves_one_entry(
        string operation, string method, string path, string? body, int status, string errorCode, string? resourceType)
    {
        var requestId = $"refused-{operation}-{Guid.NewGuid():N}";

        (await SendAsync(method, path, ServerProcess.AdminKey, body, requestId)).Expect((HttpStatusCode)status, errorCode);

        var entry = await Log.OfRequestAsync(requestId);
        Assert.Equal(operation, (string?)entry["operation"]);
        Assert.Equal(status, (int)entry["status"]!);
        Assert.Equal(errorCode, (string?)entry["error_code"]);
        Assert.Equal(resourceType, (string?)entry["resource_type"]);
        Assert.Equal(TraceId, (string?)entry["trace_id"]);
        Assert.StartsWith("admin", (string)entry["metadata"]!["actor_type"]!, StringComparison.Ordinal);
        Assert.Equal(method, (string?)entry["metadata"]!["method"]);
        Assert.NotEmpty((string)entry["metadata"]!["error_message"]!);
    }

    [Theory]
    [InlineData("PATCH", "/v1/admin/budgets?unit=TOKENS", """{"metadata":{}}""", 404)]
    [InlineData("PATCH", "/v1/admin/budgets?unit=TOKENS", "{\"unknown\":1}", 400)]
    [InlineData("PATCH", "/v1/admin/budgets?unit=POUNDS", "{}", 400)]
    [InlineData("PATCH", "/v1/admin/budgets?", "{}", 400)]
    [InlineData("POST", "/v1/admin/budgets/fund?unit=TOKENS", """{"operation":"CREDIT","amount":{"unit":"TOKENS","amount":1}}""", 400)]
    [InlineData("POST", "/v1/admin/budgets/freeze?unit=TOKENS", "{}", 404)]
    [InlineData("POST", "/v1/admin/budgets/unfreeze?unit=TOKENS", "not JSON", 400)]
    [InlineData("PUT", "/v1/x-cycles/budgets/period?unit=TOKENS", "{}", 400)]
    [InlineData("DELETE", "/v1/x-cycles/budgets/period?unit=TOKENS", null, 404)]
    public async Task A_refusal_is_filed_under_the_tenant_of_the_scope_that_it_names(string method, string path, string? body, int status)
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var requestId = $"scoped-{Guid.NewGuid():N}";

        (await SendAsync(method, $"{path}&scope={tenant.Root}/agent:x", ServerProcess.AdminKey, body, requestId)).Expect((HttpStatusCode)status);

        Assert.Equal(tenant.Id, (string?)(await Log.OfRequestAsync(requestId))["tenant_id"]);
    }

    [Fact]
    public async Task A_refusal_is_filed_under_the_tenant_that_it_names_whatever_it_was_refused_for()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var keyId = (string)(await Api.GetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}", ServerProcess.AdminKey))["keys"]![0]!["key_id"]!;
        var policyId = (await Api.PostAsync(
            "/v1/admin/policies", ServerProcess.AdminKey, $$"""{"tenant_id":"{{tenant.Id}}","name":"p","scope_pattern":"agent:*"}""")).Text("policy_id");

        await ExpectAsync("POST", "/v1/admin/tenants", $$"""{"tenant_id":"{{tenant.Id}}","name":"another"}""", 409);
        await ExpectAsync("PATCH", $"/v1/admin/tenants/{tenant.Id}", """{"unknown":1}""", 400);
        await ExpectAsync("PATCH", $"/v1/admin/tenants/{tenant.Id}", """{"name":""}""", 400);
        await ExpectAsync("POST", "/v1/admin/api-keys", $$"""{"tenant_id":"{{tenant.Id}}","name":"k","permissions":["fly"]}""", 400);
        await ExpectAsync("POST", "/v1/admin/tenants", $$"""{"tenant_id":"{{tenant.Id}}","name":1}""", 400);
        await ExpectAsync("POST", "/v1/admin/api-keys", $$"""{"name":"k","unknown":1,"tenant_id":"{{tenant.Id}}"}""", 400);
        await ExpectAsync("POST", "/v1/admin/policies", $$"""{"tenant_id":"{{tenant.Id}}"}""", 400);
        await ExpectAsync("POST", "/v1/admin/budgets", $$"""{"tenant_id":"{{tenant.Id}}","unit":"POUNDS"}""", 400);
        await ExpectAsync("POST", "/v1/admin/budgets/bulk-action", $$$"""{"filter":{"tenant_id":"{{{tenant.Id}}}","unknown":1},"action":"CREDIT"}""", 400);
        await ExpectAsync("PATCH", $"/v1/admin/api-keys/{keyId}", "not JSON", 400);
        await ExpectAsync("DELETE", $"/v1/admin/api-keys/{keyId}?reason={new string('x', 513)}", null, 400);
        await ExpectAsync("DELETE", $"/v1/admin/api-keys/{keyId[..^1]}{(keyId[^1] == '0' ? '1' : '0')}", null, 404);
        await ExpectAsync("PATCH", $"/v1/admin/policies/{policyId}", """{"unknown":1}""", 400);
        await ExpectAsync("PATCH", $"/v1/admin/policies/{policyId}", """{"priority":-1}""", 400);
        await ExpectAsync("POST", "/v1/admin/policies", $$"""{"tenant_id":"{{tenant.Id}}","name":"p","scope_pattern":"agent:*"}""", 409);
        await ExpectAsync("POST", "/v1/admin/budgets", $$$"""{"tenant_id":"{{{tenant.Id}}}","scope":"x","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1}}""", 400);
        await ExpectAsync("POST", "/v1/admin/budgets/bulk-action", $$$"""{"filter":{"tenant_id":"{{{tenant.Id}}}"},"action":"CREDIT","idempotency_key":"k"}""", 400);
        (await tenant.PatchAsync("""{"status":"CLOSED"}""")).Expect(HttpStatusCode.OK);
        await ExpectAsync("POST", "/v1/admin/api-keys", $$"""{"tenant_id":"{{tenant.Id}}","name":"k"}""", 409);
        await ExpectAsync("PATCH", $"/v1/admin/tenants/{tenant.Id}", """{"status":"ACTIVE"}""", 400);

        async Task ExpectAsync(string method, string path, string? body, int status)
        {
            var requestId = $"named-{Guid.NewGuid():N}";
            (await SendAsync(method, path, ServerProcess.AdminKey, body, requestId)).Expect((HttpStatusCode)status);
            var entry = await Log.OfRequestAsync(requestId);
            Assert.True(tenant.Id == (string?)entry["tenant_id"], $"{method} {path} {status} is filed under {entry["tenant_id"]}");
        }
    }

    [Theory]
    [InlineData("PATCH", "/v1/admin/tenants/nobody-has-this", """{"name":"x"}""")]
    [InlineData("POST", "/v1/admin/api-keys", """{"tenant_id":"nobody-has-this","name":"x"}""")]
    [InlineData("POST", "/v1/admin/policies", """{"tenant_id":"nobody-has-this","name":"x","scope_pattern":"agent:*"}""")]
    [InlineData("POST", "/v1/admin/budgets/freeze?scope=tenant:nobody-has-this&unit=TOKENS", "{}")]
    [InlineData("DELETE", "/v1/admin/api-keys/key_nobody-has-this_00000000000000000000000000000000", null)]
    [InlineData("POST", "/v1/reservations/rsv_nobody-has-this_00000000000000000000000000000000/release", """{"idempotency_key":"k"}""")]
    public async Task A_refusal_that_names_a_tenant_that_there_is_not_is_filed_under_the_admin(string method, string path, string? body)
    {
        var requestId = $"nobodys-{Guid.NewGuid():N}";

        await SendAsync(method, path, ServerProcess.AdminKey, body, requestId);

        Assert.Equal("__admin__", (string?)(await Log.OfRequestAsync(requestId))["tenant_id"]);
    }

    [Theory]
    [InlineData("tenants", """{"filter":{},"action":"CLOSE","idempotency_key":"k"}""")]
    [InlineData("budgets", """{"filter":{"tenant_id":"nobody-has-this"},"action":"CREDIT","idempotency_key":"k"}""")]
    public async Task A_bulk_action_that_is_refused_was_on_behalf_of_tenants_too(string what, string body)
    {
        var requestId = $"bulk-{Guid.NewGuid():N}";

        (await SendAsync("POST", $"/v1/admin/{what}/bulk-action", ServerProcess.AdminKey, body, requestId)).Expect(HttpStatusCode.BadRequest);

        var entry = await Log.OfRequestAsync(requestId);
        Assert.Equal("admin_on_behalf_of", (string?)entry["metadata"]!["actor_type"]);
        Assert.Equal(what.TrimEnd('s'), (string?)entry["resource_type"]);
    }

    [Theory]
    [InlineData("scope=tenant:Not_An_Id")]
    [InlineData("scope=tenant:acme/tenant:other")]
    [InlineData("scope=acme")]
    [InlineData("unit=TOKENS")]
    public async Task A_refusal_that_names_no_tenant_is_filed_under_the_admin(string query)
    {
        var requestId = $"unscoped-{Guid.NewGuid():N}";

        await SendAsync("POST", $"/v1/admin/budgets/freeze?unit=TOKENS&{query}", ServerProcess.AdminKey, "{}", requestId);

        Assert.Equal("__admin__", (string?)(await Log.OfRequestAsync(requestId))["tenant_id"]);
    }

    [Theory]
    [InlineData("createTenant", "POST", "/v1/admin/tenants")]
    [InlineData("updateBudget", "PATCH", "/v1/admin/budgets")]
    [InlineData("createPolicy", "POST", "/v1/admin/policies")]
    [InlineData("revokeApiKey", "DELETE", "/v1/admin/api-keys/key_x")]
    [InlineData("listAuditLogs", "GET", AuditLog.Path)]
    public async Task Who_has_no_key_is_on_record_and_what_they_tried_as_a_key_is_not(string operation, string method, string path)
    {
        var requestId = $"nobody-{operation}-{Guid.NewGuid():N}";
        var secret = $"cyc_live_guess_{Guid.NewGuid():N}";

        (await SendAsync(method, path, string.Empty, method == "GET" ? null : "{}", requestId, ("X-Admin-API-Key", secret)))
            .Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");

        var entry = await Log.OfRequestAsync(requestId);
        Assert.Equal(operation, (string?)entry["operation"]);
        Assert.Equal("__unauth__", (string?)entry["tenant_id"]);
        Assert.Equal(401, (int)entry["status"]!);
        Assert.Equal("unauthenticated", (string?)entry["metadata"]!["actor_type"]);
        Assert.DoesNotContain(secret, entry.ToJsonString());
    }

    [Fact]
    public async Task A_key_without_the_permission_is_on_record_with_its_tenant()
    {
        var tenant = await TestTenant.CreateAsync(Api, permissions: ""","permissions":["balances:read"]""");
        (await SendAsync("POST", "/v1/admin/policies", tenant.Key, "{}", $"r-{tenant.Id}")).Expect(HttpStatusCode.Forbidden, "INSUFFICIENT_PERMISSIONS");

        var entry = await Log.OfRequestAsync($"r-{tenant.Id}");
        Assert.Equal(tenant.Id, (string?)entry["tenant_id"]);
        Assert.Equal(403, (int)entry["status"]!);
        Assert.NotNull((string?)entry["key_id"]);
    }

    [Fact]
    public async Task A_release_by_the_admin_is_on_record_once_and_one_by_the_tenant_is_not()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10);
        var other = await tenant.ReservedAsync("2", 10);
        const string Release = """{"idempotency_key":"r","reason":"[INCIDENT_FORCE_RELEASE]"}""";

        (await SendAsync("POST", $"/v1/reservations/{id}/release", ServerProcess.AdminKey, Release, $"first-{tenant.Id}")).Expect(HttpStatusCode.OK);
        (await SendAsync("POST", $"/v1/reservations/{id}/release", ServerProcess.AdminKey, Release, $"again-{tenant.Id}")).Expect(HttpStatusCode.OK);
        (await tenant.ReleaseAsync(other)).Expect(HttpStatusCode.OK);

        var entry = Assert.Single(await Log.QueryAsync($"tenant_id={tenant.Id}&resource_type=reservation"));
        Assert.Equal($"first-{tenant.Id}", (string?)entry["request_id"]);
        Assert.Equal("releaseReservation", (string?)entry["operation"]);
        Assert.Equal(id, (string?)entry["resource_id"]);
        Assert.Equal(200, (int)entry["status"]!);
        Assert.Equal("admin_on_behalf_of", (string?)entry["metadata"]!["actor_type"]);
        Assert.Equal("[INCIDENT_FORCE_RELEASE]", (string?)entry["metadata"]!["reason"]);
        Assert.Equal(10, (long)entry["amount"]!["amount"]!);
        Assert.Equal(tenant.Id, (string?)entry["subject"]!["tenant"]);
    }

    [Fact]
    public async Task What_changes_nothing_the_second_time_leaves_one_entry()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await tenant.FundAsync("CREDIT", 5, ""","idempotency_key":"once" """)).Expect(HttpStatusCode.OK);
        (await tenant.FundAsync("CREDIT", 5, ""","idempotency_key":"once" """)).Expect(HttpStatusCode.OK);

        Assert.Single(await Log.QueryAsync($"tenant_id={tenant.Id}&operation=fundBudget"));
    }

    [Fact]
    public async Task No_secret_is_in_any_entry()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await SendAsync("POST", "/v1/admin/policies", tenant.Key, "{}", $"r-{tenant.Id}")).Expect(HttpStatusCode.BadRequest);

        var all = string.Concat((await Log.QueryAsync("limit=2000")).Select(entry => entry.ToJsonString()));

        Assert.Contains(tenant.Id, all);
        Assert.DoesNotContain(tenant.Key, all);
        Assert.DoesNotContain(ServerProcess.AdminKey, all);
        Assert.DoesNotContain("cyc_live_", all);
        Assert.DoesNotContain("\"key_secret\"", all);
    }

    [Fact]
    public async Task Entries_survive_a_crash_together_with_their_changes()
    {
        var data = Directory.CreateTempSubdirectory("cycles-audit-");
        try
        {
            string[] requests;
            using (var crashed = await ServerProcess.StartAsync(data.FullName))
            {
                using var api = new Api(crashed.Address);
                var tenant = await TestTenant.CreateAsync(api, 100);
                Assert.NotEmpty(await new AuditLog(api).QueryAsync(""));
                await tenant.FundAsync("CREDIT", 1);
                (await api.PostAsync("/v1/admin/tenants", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.BadRequest);
                requests = [.. (await new AuditLog(api).QueryAsync("")).Select(entry => (string)entry["request_id"]!)];
            }

            using var server = await ServerProcess.StartAsync(data.FullName);
            using var again = new Api(server.Address);
            Assert.Equal(5, requests.Length);
            Assert.Equal(requests, (await new AuditLog(again).QueryAsync("")).Select(entry => (string)entry["request_id"]!));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private Task<Answer> SendAsync(
        string method, string path, string key, string? body, string requestId, params (string Name, string Value)[] headers) => Api.SendAsync(
            new HttpMethod(method),
            path,
            key,
            body,
            [("X-Request-Id", requestId), ("traceparent", $"00-{TraceId}-b7ad6b7169203331-01"), ("User-Agent", "audit-tests"), .. headers]);
}
