using System.Net;
using System.Text.Json.Nodes;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>How the audit log is asked.</summary>
public sealed class AuditQueryTests(ServerFixture server)
{
    private Api Api => server.Api;

    private AuditLog Log => new(server.Api);

    [Fact]
    public async Task Each_filter_takes_what_it_says_and_they_add_up()
    {
        var tenant = await RefusedAndFundedAsync();
        var all = await Log.QueryAsync($"tenant_id={tenant.Id}");
        var fund = all.Single(entry => Is(entry, "operation", "fundBudget") && (int)entry["status"]! == 200);
        var moment = Uri.EscapeDataString((string)fund["timestamp"]!);

        await ExpectAsync("operation=fundBudget", entry => Is(entry, "operation", "fundBudget"));
        await ExpectAsync("operation=fundBudget,createApiKey", entry => Is(entry, "operation", "fundBudget") || Is(entry, "operation", "createApiKey"));
        await ExpectAsync("operation=fundBudget&operation=createApiKey", entry => Is(entry, "operation", "fundBudget") || Is(entry, "operation", "createApiKey"));
        await ExpectAsync("operation=noSuchOperation", _ => false);
        await ExpectAsync("resource_type=budget", entry => Is(entry, "resource_type", "budget"));
        await ExpectAsync("resource_type=budget,api_key", entry => Is(entry, "resource_type", "budget") || Is(entry, "resource_type", "api_key"));
        await ExpectAsync($"resource_id={fund["resource_id"]}", entry => Is(entry, "resource_id", (string)fund["resource_id"]!));
        await ExpectAsync("status=400", entry => (int)entry["status"]! == 400);
        await ExpectAsync("status_min=201&status_max=400", entry => (int)entry["status"]! is >= 201 and <= 400);
        await ExpectAsync("status_min=400", entry => (int)entry["status"]! >= 400);
        await ExpectAsync("status_max=200", entry => (int)entry["status"]! <= 200);
        await ExpectAsync("error_code=INVALID_REQUEST", entry => Is(entry, "error_code", "INVALID_REQUEST"));
        await ExpectAsync("error_code=INVALID_REQUEST,A_CODE_OF_TOMORROW", entry => Is(entry, "error_code", "INVALID_REQUEST"));
        await ExpectAsync("error_code_exclude=INVALID_REQUEST", entry => !Is(entry, "error_code", "INVALID_REQUEST"));
        await ExpectAsync("error_code=INVALID_REQUEST&error_code_exclude=INVALID_REQUEST", _ => false);
        await ExpectAsync($"trace_id={fund["trace_id"]}", entry => Is(entry, "trace_id", (string)fund["trace_id"]!));
        await ExpectAsync($"request_id={fund["request_id"]}", entry => Is(entry, "request_id", (string)fund["request_id"]!));
        await ExpectAsync("request_id=another", _ => false);
        await ExpectAsync($"from={moment}&to={moment}", entry => Is(entry, "timestamp", (string)fund["timestamp"]!));
        await ExpectAsync("to=2020-01-01T00:00:00Z", _ => false);
        await ExpectAsync("from=2020-01-01T00:00:00Z", _ => true);
        await ExpectAsync("search=UNDBUDG", entry => Is(entry, "operation", "fundBudget"));
        await ExpectAsync("search=invalid_req", entry => Is(entry, "error_code", "INVALID_REQUEST"));
        await ExpectAsync($"search={((string)fund["log_id"]!).ToUpperInvariant()}", entry => Is(entry, "log_id", (string)fund["log_id"]!));
        await ExpectAsync($"search={((string)fund["log_id"]!)[20..]}", entry => Is(entry, "log_id", (string)fund["log_id"]!));
        await ExpectAsync($"search={((string)fund["resource_id"]!)[3..]}", entry => Is(entry, "resource_id", (string)fund["resource_id"]!));
        await ExpectAsync("search=log_", _ => true);
        await ExpectAsync("search=", _ => true);
        await ExpectAsync("search=%20%20fundBudget%20", entry => Is(entry, "operation", "fundBudget"));
        await ExpectAsync("operation=fundBudget&status=400", _ => false);
        await ExpectAsync("a_parameter_of_tomorrow=1", _ => true);

        async Task ExpectAsync(string filter, Func<JsonNode, bool> matches)
        {
            var wanted = all.Where(matches).Select(entry => (string)entry["log_id"]!);
            var found = (await Log.QueryAsync($"tenant_id={tenant.Id}&{filter}")).Select(entry => (string)entry["log_id"]!);
            Assert.True(wanted.SequenceEqual(found), $"{filter}: {string.Join(' ', found)} instead of {string.Join(' ', wanted)}");
        }
    }

    [Fact]
    public async Task A_key_is_found_by_what_it_was_used_for()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await Api.PostAsync("/v1/admin/policies", tenant.Key, $$"""{"name":"p","scope_pattern":"{{tenant.Root}}/*"}""")).Expect(HttpStatusCode.Created);
        var keyId = (string)(await Log.QueryAsync($"tenant_id={tenant.Id}&operation=createPolicy"))[0]["key_id"]!;

        Assert.Equal("createPolicy", (string?)Assert.Single(await Log.QueryAsync($"key_id={keyId}"))["operation"]);
        Assert.Empty(await Log.QueryAsync($"key_id={keyId}x"));
    }

    [Theory]
    [InlineData("timestamp")]
    [InlineData("operation")]
    [InlineData("resource_type")]
    [InlineData("tenant_id")]
    [InlineData("key_id")]
    [InlineData("status")]
    public async Task Pages_in_any_order_are_the_whole_each_entry_once(string sort)
    {
        var tenant = await RefusedAndFundedAsync();
        foreach (var direction in new[] { "asc", "desc" })
        {
            var entries = await Log.QueryAsync($"tenant_id={tenant.Id}&sort_by={sort}&sort_dir={direction}");
            var byTime = (await Log.QueryAsync($"tenant_id={tenant.Id}&sort_dir={direction}")).ToArray();
            var wanted = direction == "asc"
                ? byTime.OrderBy(entry => entry[sort]?.ToString() ?? string.Empty, StringComparer.Ordinal)
                : byTime.OrderByDescending(entry => entry[sort]?.ToString() ?? string.Empty, StringComparer.Ordinal);

            Assert.True(entries.Length > 5);
            Assert.Equal(wanted.Select(entry => (string)entry["log_id"]!), entries.Select(entry => (string)entry["log_id"]!));
            foreach (var limit in new[] { 1, 2, 3, entries.Length })
            {
                Assert.Equal(
                    entries.Select(entry => (string)entry["log_id"]!),
                    await Log.PageThroughAsync($"tenant_id={tenant.Id}&sort_by={sort}&sort_dir={direction}", limit));
            }
        }
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_filters_and_its_sort()
    {
        var tenant = await RefusedAndFundedAsync();
        var query = $"{AuditLog.Path}?tenant_id={tenant.Id}&limit=2&error_code_exclude=A,B";
        var cursor = (await Api.GetAsync(query, ServerProcess.AdminKey)).Text("next_cursor");

        (await Api.GetAsync($"{query}&cursor={cursor}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        (await Api.GetAsync($"{AuditLog.Path}?tenant_id={tenant.Id}&limit=7&error_code_exclude=B,A&cursor={cursor}", ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);
        foreach (var other in new[] { "&sort_dir=asc", "&sort_by=status", "&status_min=100", "&search=x", "&operation=fundBudget", "&to=2030-01-01T00:00:00Z" })
        {
            (await Api.GetAsync($"{query}{other}&cursor={cursor}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        }

        (await Api.GetAsync($"{AuditLog.Path}?cursor=nonsense", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await Api.GetAsync($"{AuditLog.Path}?cursor=e30", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Theory]
    [InlineData("status=200&status_min=100")]
    [InlineData("status=200&status_max=300")]
    [InlineData("status=many")]
    [InlineData("status_min=99")]
    [InlineData("status_max=600")]
    [InlineData("status_min=300&status_max=299")]
    [InlineData("operation=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26")]
    [InlineData("error_code=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25&error_code=26")]
    [InlineData("sort_by=amount")]
    [InlineData("sort_dir=up")]
    [InlineData("from=yesterday")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")]
    [InlineData("trace_id=0AF7651916CD43DD8448EB211C80319C")]
    [InlineData("trace_id=1")]
    [InlineData("limit=ten")]
    public async Task What_cannot_be_meant_is_400(string query) =>
        (await Api.GetAsync($"{AuditLog.Path}?{query}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");

    [Fact]
    public async Task A_search_of_128_characters_is_taken_and_one_of_129_is_400()
    {
        Assert.Empty(await Log.QueryAsync($"search={new string('x', 128)}"));
        (await Api.GetAsync($"{AuditLog.Path}?search={new string('x', 129)}", ServerProcess.AdminKey)).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1000000")]
    [InlineData("-99999999999999999999")]
    [InlineData("99999999999999999999")]
    public async Task A_limit_out_of_range_is_brought_into_it(string limit) => Assert.NotEmpty(await Log.QueryAsync($"limit={limit}"));

    [Fact]
    public async Task Only_the_admin_reads_the_log()
    {
        var tenant = await TestTenant.CreateAsync(Api, permissions: ""","permissions":["admin:read","admin:audit:read"]""");

        (await Api.GetAsync(AuditLog.Path, tenant.Key)).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await Api.GetAsync(AuditLog.Path, string.Empty)).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await Api.GetAsync(AuditLog.Path, string.Empty, ("X-Admin-API-Key", "wrong"))).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    private static bool Is(JsonNode entry, string name, string value) => (string?)entry[name] == value;

    /// <summary>A tenant with entries of several kinds.</summary>
    private async Task<TestTenant> RefusedAndFundedAsync()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await tenant.FundAsync("CREDIT", 1)).Expect(HttpStatusCode.OK);
        (await tenant.FundAsync("DEBIT", 1_000)).Expect(HttpStatusCode.Conflict);
        (await Api.PostAsync("/v1/admin/policies", tenant.Key, "{}")).Expect(HttpStatusCode.BadRequest);
        (await Api.PostAsync("/v1/admin/policies", tenant.Key, $$"""{"name":"p","scope_pattern":"{{tenant.Root}}/*"}""")).Expect(HttpStatusCode.Created);
        return tenant;
    }
}
