using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Checks;
using Cycles.Cluster.Tests.Servers;
using static Cycles.Cluster.Tests.Checks.OwningTenants;

namespace Cycles.Cluster.Tests;

/// <summary>The server is killed (SIGKILL) while a tenant is closed or a bulk action runs: what has begun ends, and nothing happens twice.</summary>
public sealed class CloseKillTests(ITestOutputHelper output)
{
    // A minute until the reminder, and what a busy machine adds.
    private static readonly TimeSpan UnattendedLimit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_close_that_is_killed_at_any_moment_ends_every_object_once()
    {
        using var data = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["Cycles__DataPath"] = data.Path };
        using var api = new HttpApi(Gateways.AdminKey);
        var random = new Random(Seed());
        var kills = Scenario.CountFrom("CYCLES_TEST_CLOSE_KILLS", 5);
        var tenants = new Dictionary<string, string[]>();
        var server = await Gateways.StartAsync(environment, api);
        try
        {
            for (var kill = 1; kill <= kills; kill++)
            {
                var tenantId = $"closing-{kill}";
                tenants[tenantId] = await ProvisionAsync(api, tenantId);
                await KillWhileAsync(server, CloseAsync(api, tenantId), random.Next(5, 80 * kill));
                server.Dispose();
                if (kill % 2 == 0)
                {
                    // Once more, while it goes on with what the first kill interrupted.
                    server = await Gateways.StartAsync(environment, api);
                    await KillWhileAsync(server, api.SendAsync(ApiRequest.Get($"/v1/admin/tenants/{tenantId}", null)), random.Next(20, 300));
                    server.Dispose();
                }

                server = await Gateways.StartAsync(environment, api);
                var status = (string)(await GetAsync(api, $"/v1/admin/tenants/{tenantId}")).Body!["status"]!;
                output.WriteLine($"kill {kill}: the tenant is {status}");
                if (status != "CLOSED")
                {
                    // The flip was not durable: then nothing else was, either.
                    Assert.Equal((Reservations, Budgets), await CountActiveAsync(api, tenantId));
                    await CloseAsync(api, tenantId);
                }

                await ConvergeAsync(api, tenantId);
                await VerifyEndedAsync(api, tenantId);
            }
        }
        catch (Exception)
        {
            output.WriteLine($"the server's log:\n{server.Log}");
            throw;
        }
        finally
        {
            server.Dispose();
        }

        await using var log = await AuditLines.OpenAsync(data.Path);
        foreach (var (tenantId, objects) in tenants)
        {
            var all = await log.ReadAsync(tenantId);
            var closed = Assert.Single(all, line => (string?)line["metadata"]!["event_kind"] == "tenant.closed");
            var lines = all.Where(line => (string)line["operation"]! == "tenant_close_cascade").ToArray();
            Assert.Equal(objects.Order(StringComparer.Ordinal), lines.Select(line => (string)line["resource_id"]!).Order(StringComparer.Ordinal));
            Assert.All(lines, line => Assert.Equal((string)closed["metadata"]!["correlation_id"]!, (string)line["metadata"]!["correlation_id"]!));
            Assert.All(lines, line => Assert.Equal((string)closed["request_id"]!, (string)line["request_id"]!));
            Assert.All(lines, line => Assert.Equal("admin", (string)line["metadata"]!["actor_type"]!));
            Assert.All(lines, line => Assert.EndsWith("_via_tenant_cascade", (string)line["metadata"]!["event_kind"]!));
        }
    }

    [Fact]
    public async Task What_was_killed_goes_on_although_nobody_asks_for_it()
    {
        using var data = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["Cycles__DataPath"] = data.Path };
        using var api = new HttpApi(Gateways.AdminKey);
        var server = await Gateways.StartAsync(environment, api);
        try
        {
            await ProvisionAsync(api, "left-alone", reservations: 2_000);
            await ProvisionAsync(api, "half-done", budgets: 300, reservations: 0);
            var close = CloseAsync(api, "left-alone");
            await UntilAsync(async () => (await GetAsync(api, "/v1/admin/tenants?status=CLOSED")).Body!["tenants"]!.AsArray().Count == 1, ConvergenceLimit);
            var bulk = api.SendAsync(ApiRequest.Post(
                "/v1/admin/budgets/bulk-action",
                null,
                """{"filter":{"tenant_id":"half-done"},"action":"CREDIT","amount":{"unit":"TOKENS","amount":5},"idempotency_key":"once"}"""));
            await UntilAsync(
                async () => await RootAsync(api, "half-done") == Allocated + 5, ConvergenceLimit, pauseMs: 1);
            server.Kill();
            output.WriteLine($"when it was killed, the bulk action was answered {await bulk}, the close {await close}");
            server.Dispose();
            server = await Gateways.StartAsync(environment, api);

            // The scope's grain answers this, and does not know of the close.
            await UntilAsync(
                async () => (string?)(await GetAsync(api, $"/v1/admin/budgets/lookup?scope=tenant:left-alone&unit={Unit}")).Body?["status"] == "CLOSED",
                UnattendedLimit);
            await ConvergeAsync(api, "left-alone");
            await VerifyEndedAsync(api, "left-alone");

            // The rest of the rows too, and none twice.
            await UntilAsync(async () => await AllocatedAsync(api, "half-done") is [Allocated + 5], UnattendedLimit);
        }
        finally
        {
            server.Dispose();
        }
    }

    [Fact]
    public async Task A_bulk_action_that_is_killed_at_any_moment_does_every_row_once()
    {
        using var data = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["Cycles__DataPath"] = data.Path };
        using var api = new HttpApi(Gateways.AdminKey);
        var random = new Random(Seed());
        var kills = Scenario.CountFrom("CYCLES_TEST_BULK_KILLS", 4);
        var server = await Gateways.StartAsync(environment, api);
        try
        {
            await ProvisionAsync(api, "bulk", budgets: 200, reservations: 0);
            for (var kill = 1; kill <= kills; kill++)
            {
                var body = $$"""{"filter":{"tenant_id":"bulk"},"action":"CREDIT","amount":{"unit":"{{Unit}}","amount":5},"idempotency_key":"bulk-{{kill}}"}""";
                var bulk = api.SendAsync(ApiRequest.Post("/v1/admin/budgets/bulk-action", null, body));
                if (kill % 2 == 1)
                {
                    // Between the first row and the last.
                    await UntilAsync(async () => await RootAsync(api, "bulk") == Allocated + (5 * kill), ConvergenceLimit, pauseMs: 1);
                    await KillWhileAsync(server, bulk, random.Next(0, 20));
                }
                else
                {
                    await KillWhileAsync(server, bulk, random.Next(5, 100));
                }

                output.WriteLine($"kill {kill}: the bulk action was answered {(await bulk).Status}");
                server.Dispose();
                server = await Gateways.StartAsync(environment, api);

                var answer = await SendUntilAnsweredAsync(api, ApiRequest.Post("/v1/admin/budgets/bulk-action", null, body));
                var again = await api.SendAsync(ApiRequest.Post("/v1/admin/budgets/bulk-action", null, body));

                Assert.True(answer.Body!["succeeded"]!.AsArray().Count == 200, $"kill {kill}: {answer}");
                Assert.True(again.IsReplayOf(answer), $"{again}");
                var budgets = (await GetAsync(api, "/v1/admin/budgets?tenant_id=bulk&limit=1000")).Body!["ledgers"]!.AsArray();
                Assert.Equal(200, budgets.Count);
                Assert.All(budgets, budget => Assert.Equal(Allocated + (5 * kill), (long)budget!["allocated"]!["amount"]!));
            }

            const string suspend = """{"filter":{"search":"many-"},"action":"SUSPEND","idempotency_key":"suspend"}""";
            await Task.WhenAll(Enumerable.Range(0, 60).Select(i => PostAsync(
                api, "/v1/admin/tenants", $$"""{"tenant_id":"many-{{i}}","name":"many"}""")));
            await KillWhileAsync(server, api.SendAsync(ApiRequest.Post("/v1/admin/tenants/bulk-action", null, suspend)), random.Next(5, 150));
            server.Dispose();
            server = await Gateways.StartAsync(environment, api);
            var suspended = await SendUntilAnsweredAsync(api, ApiRequest.Post("/v1/admin/tenants/bulk-action", null, suspend));
            Assert.True(suspended.Body!["succeeded"]!.AsArray().Count == 60, $"{suspended}");
        }
        catch (Exception)
        {
            output.WriteLine($"the server's log:\n{server.Log}");
            throw;
        }
        finally
        {
            server.Dispose();
        }

        await using var log = await AuditLines.OpenAsync(data.Path);
        var lines = (await log.ReadAsync("bulk")).Where(line => (string)line["operation"]! == "bulkActionBudgets").ToArray();
        Assert.Equal(kills, lines.Length);
        Assert.All(lines, line => Assert.Equal((200, 200), ((int)line["metadata"]!["succeeded"]!, line["metadata"]!["succeeded_ids"]!.AsArray().Count)));
        Assert.DoesNotContain(await log.ReadAsync("bulk"), line => (string)line["operation"]! == "fundBudget");
        var admin = Assert.Single(await log.ReadAsync("__admin__"), line => (string)line["operation"]! == "bulkActionTenants");
        Assert.Equal(60, (int)admin["metadata"]!["succeeded"]!);
        Assert.Equal("admin_on_behalf_of", (string)admin["metadata"]!["actor_type"]!);
    }

    private int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CYCLES_TEST_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"CYCLES_TEST_SEED={seed}");
        return seed;
    }

    /// <summary>Kills the server some time after the request went out, which then may have been answered or not.</summary>
    private static async Task KillWhileAsync(ServerProcess server, Task<Answer> request, int afterMs)
    {
        await Task.Delay(afterMs);
        server.Kill();
        await request;
    }
}
