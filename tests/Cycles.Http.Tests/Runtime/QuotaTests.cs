using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

/// <summary>One tenant cannot fill the store, and what it has begun it can end all the same.</summary>
public sealed class QuotaTests
{
    private const string Metadata = ""","metadata":{"text":"{0}"}""";

    [Fact]
    public async Task A_tenant_at_its_quota_of_active_reservations_ends_some_before_it_begins_others_also_after_a_crash()
    {
        var data = Directory.CreateTempSubdirectory("cycles-quota-");
        (string, string)[] settings = [("Cycles__Store__MaxOutstanding", "3")];
        var ids = new string[3];
        TestTenant tenant;
        string key;
        using (var process = await ServerProcess.StartAsync(data.FullName, settings))
        {
            using var api = new Api(process.Address);
            tenant = await TestTenant.CreateAsync(api, 100);
            key = tenant.Key;
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = await tenant.ReservedAsync($"{i}", 1);
            }

            var refused = (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
            Assert.Equal("1", refused.Headers["Retry-After"]);
            Assert.Contains("3 active reservations", refused.Text("message"));
            Assert.Equal(3, await tenant.AmountAsync("reserved"));

            // A retry is no new reservation, and what exists goes on; another tenant has a quota of its own.
            Assert.Equal(ids[0], await tenant.ReservedAsync("0", 1));
            (await tenant.ExtendAsync(ids[0], 1000)).Expect(HttpStatusCode.OK);
            (await tenant.EventAsync("e", 1)).Expect(HttpStatusCode.Created);
            (await (await TestTenant.CreateAsync(api, 100)).ReserveAsync("3", 1)).Expect(HttpStatusCode.OK);
            (await tenant.CommitAsync(ids[0], 1)).Expect(HttpStatusCode.OK);
            ids[0] = await tenant.ReservedAsync("3", 1);
            (await tenant.ReserveAsync("4", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        }

        using (var process = await ServerProcess.StartAsync(data.FullName, settings))
        {
            using var api = new Api(process.Address);
            (await api.PostAsync("/v1/reservations", key, tenant.Estimate("4", 1))).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
            (await api.PostAsync($"/v1/reservations/{ids[1]}/release", key, """{"idempotency_key":"release"}""")).Expect(HttpStatusCode.OK);
            (await api.PostAsync("/v1/reservations", key, tenant.Estimate("4", 1))).Expect(HttpStatusCode.OK);
            (await api.PostAsync("/v1/reservations", key, tenant.Estimate("5", 1))).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_tenant_that_had_its_bytes_of_the_day_written_settles_and_begins_nothing_also_after_a_crash()
    {
        var data = Directory.CreateTempSubdirectory("cycles-quota-");
        (string, string)[] settings = [("Cycles__Store__MaxBytesPerDay", "1000000")];
        var large = Metadata.Replace("{0}", new string('x', 15_000));
        string key, id;
        TestTenant tenant;
        using (var process = await ServerProcess.StartAsync(data.FullName, settings))
        {
            using var api = new Api(process.Address);
            tenant = await TestTenant.CreateAsync(api, 1000);
            key = tenant.Key;
            id = await tenant.ReservedAsync("first", 1);
            Answer answer;
            var taken = 0;
            while ((answer = await tenant.EventAsync($"{taken}", 0, large)).Status == HttpStatusCode.Created)
            {
                taken++;
            }

            answer.Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
            Assert.InRange(taken, 50, 67);
            Assert.InRange(int.Parse(answer.Headers["Retry-After"]), 1, 24 * 60 * 60);
            (await tenant.EventAsync("0", 0, large)).Expect(HttpStatusCode.Created);
            (await tenant.ReserveAsync("second", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
            (await tenant.DecideAsync("decide", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
            (await tenant.ReserveAsync("dry", 1, ""","dry_run":true""")).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
            Assert.Equal(1, await tenant.AmountAsync("reserved"));
        }

        using (var process = await ServerProcess.StartAsync(data.FullName, settings))
        {
            using var api = new Api(process.Address);
            for (var i = 0; i < 3; i++)
            {
                // What was written after the count was last saved is forgotten: a hundredth of the quota.
                await api.PostAsync("/v1/events", key, tenant.Estimate($"more-{i}", 0, large).Replace("estimate", "actual"));
            }

            (await api.PostAsync("/v1/reservations", key, tenant.Estimate("second", 1))).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
            (await api.PostAsync(
                $"/v1/reservations/{id}/commit", key, """{"idempotency_key":"c","actual":{"unit":"TOKENS","amount":1}}""")).Expect(HttpStatusCode.OK);
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_tenants_keys_change_so_much_a_minute_and_the_admin_what_there_is_to_change()
    {
        var data = Directory.CreateTempSubdirectory("cycles-quota-");
        using (var process = await ServerProcess.StartAsync(data.FullName, ("Cycles__ChangesPerMinute", "3"), ("Cycles__Store__MaxBudgets", "2")))
        {
            using var api = new Api(process.Address);
            var tenant = await TestTenant.CreateAsync(api, permissions: ""","permissions":["budgets:write","budgets:read"]""");
            await tenant.CreateBudgetAsync(tenant.Root, 100);
            static string Budget(string scope) => $$$"""{"scope":"{{{scope}}}","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1}}""";

            (await api.PostAsync("/v1/admin/budgets", tenant.Key, Budget($"{tenant.Root}/agent:a"))).Expect(HttpStatusCode.Created);
            var full = (await api.PostAsync("/v1/admin/budgets", tenant.Key, Budget($"{tenant.Root}/agent:b"))).Expect(HttpStatusCode.Conflict, "LIMIT_EXCEEDED");
            Assert.Contains("2 budgets", full.Text("message"));
            (await api.PostAsync("/v1/admin/budgets", tenant.Key, "{}")).Expect(HttpStatusCode.BadRequest);
            var refused = (await api.PostAsync("/v1/admin/budgets", tenant.Key, "{}")).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
            Assert.InRange(int.Parse(refused.Headers["Retry-After"]), 1, 60);
            (await api.GetAsync("/v1/admin/budgets", tenant.Key)).Expect(HttpStatusCode.OK);
            (await api.PostAsync("/v1/admin/budgets", ServerProcess.AdminKey, "{}")).Expect(HttpStatusCode.BadRequest);
            Assert.Empty(await new AuditLog(api).QueryAsync($"request_id={refused.Headers["X-Request-Id"]}"));
        }

        data.Delete(recursive: true);
    }
}
