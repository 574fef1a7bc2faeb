using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>
/// Processes that hang and go on again. What they were asked before waits in their sockets; meanwhile its callers have asked elsewhere, and some were
/// refused there. Done afterwards, it would hold budget that nobody knows of.
/// </summary>
public sealed class HungTests(ITestOutputHelper output)
{
    private const int Tenants = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Impatience = TimeSpan.FromSeconds(2);

    // More than the pause that a process notices.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    [Fact]
    public Task What_a_silo_was_asked_before_it_was_declared_dead_is_not_done_when_it_goes_on() => OnClusterAsync(async (api, _, silo) =>
    {
        var callers = new List<Caller>();
        for (var i = 0; i < Tenants; i++)
        {
            callers.Add(await ProvisionAsync(api, $"hung-{i}"));
        }

        silo.Pause();
        var answers = await Task.WhenAll(callers.Select(async caller => (Caller: caller, IsThere: await IsAnsweredAsync(api, caller, "lost"))));
        var refused = new List<Caller>();
        foreach (var caller in answers.Where(answer => !answer.IsThere).Select(answer => answer.Caller))
        {
            // Another silo serves it by now: what was lost is refused there, and then its budget becomes free. Or the other has done it all the same, only slowly.
            var taken = await ReserveAsync(api, caller, "taken");
            if (taken.Status == HttpStatusCode.OK)
            {
                Assert.Equal(HttpStatusCode.Conflict, (await ReserveAsync(api, caller, "lost")).Status);
                await ReleaseAsync(api, caller, taken.Id!);
                refused.Add(caller);
            }
        }

        Assert.NotEmpty(refused);
        silo.Resume();
        Assert.NotEqual(0, await silo.WaitForExitAsync(Patience));
        foreach (var caller in refused)
        {
            await ReleaseAsync(api, caller, (await ReserveAsync(api, caller, "after")).Id!);
            Assert.Equal(0, await ReservedAsync(api, caller));
        }
    });

    [Fact]
    public Task What_a_gateway_was_asked_while_it_hung_is_refused_when_it_goes_on() => OnClusterAsync(async (api, gateway, _) =>
    {
        var caller = await ProvisionAsync(api, "hung");
        gateway.Pause();
        var waiting = SendAsync(api, HttpMethod.Post, "/v1/reservations", caller.Key, Reservation(caller, "waited"));
        var reading = SendAsync(api, HttpMethod.Get, "/v1/balances?tenant=hung", caller.Key, null);
        await Task.Delay(Pause);
        gateway.Resume();
        using var refused = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        using var read = await reading;
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(0, await ReservedAsync(api, caller));
        Assert.Equal(HttpStatusCode.OK, (await ReserveAsync(api, caller, "waited")).Status);
    });

    [Fact]
    public Task Requests_for_tenants_of_a_silo_that_runs_do_not_wait_for_one_that_hangs() => OnClusterAsync(async (api, _, silo) =>
    {
        var tenants = await ReserveForAllAsync(api);
        silo.Pause();
        var waits = await ReleaseForAllAsync(api, tenants);

        // The slowest waited until the cluster had declared their silo dead. Tenants of the other silo do not wait for that.
        Assert.True(waits.Min() < waits.Max() * 4 / 5, "all waited equally long");
    });

    [Fact]
    public Task Tenants_of_a_silo_that_hung_for_a_moment_are_served_as_soon_as_it_goes_on() => OnClusterAsync(async (api, _, silo) =>
    {
        var tenants = await ReserveForAllAsync(api);
        silo.Pause();
        var started = TimeProvider.System.GetTimestamp();
        var releases = ReleaseForAllAsync(api, tenants);
        await Task.Delay(Pause);
        silo.Resume();
        var paused = TimeProvider.System.GetElapsedTime(started);

        // The gateway has noticed the pause. If the silo's answers to what was asked again no longer reached the gateway, it would wait for them in vain: 5 s from then.
        var waits = await releases;
        if (waits.Max() > paused + TimeSpan.FromSeconds(3))
        {
            // Unless this machine was so slow that the silo was declared dead meanwhile.
            Assert.NotEqual(0, await silo.WaitForExitAsync(Impatience));
        }
    });

    /// <summary>Makes reservations of tenants on both silos. Of so many for each tenant, the requests for some go by way of the other silo.</summary>
    private static async Task<List<(Caller Caller, List<string> Reservations)>> ReserveForAllAsync(HttpClient api)
    {
        const int ReservationsEach = 16;
        var tenants = new List<(Caller Caller, List<string> Reservations)>();
        for (var i = 0; i < Tenants; i++)
        {
            var caller = await ProvisionAsync(api, $"beside-{i}", allocated: ReservationsEach * 10);
            var reservations = new List<string>();
            for (var j = 0; j < ReservationsEach; j++)
            {
                reservations.Add((await ReserveAsync(api, caller, $"reserve-{j}")).Id!);
            }

            tenants.Add((caller, reservations));
        }

        return tenants;
    }

    /// <summary>Releases all reservations at once.</summary>
    /// <returns>How long it took until those of a tenant were released, for each.</returns>
    private async Task<TimeSpan[]> ReleaseForAllAsync(HttpClient api, List<(Caller Caller, List<string> Reservations)> tenants)
    {
        var started = TimeProvider.System.GetTimestamp();
        var waits = await Task.WhenAll(tenants.Select(async tenant =>
        {
            await Task.WhenAll(tenant.Reservations.Select(id => ReleaseAsync(api, tenant.Caller, id)));
            return TimeProvider.System.GetElapsedTime(started);
        }));

        output.WriteLine(string.Join(", ", waits.Order().Select(wait => $"{wait.TotalSeconds:F1} s")));
        return waits;
    }

    private static async Task OnClusterAsync(Func<HttpClient, ServerProcess, ServerProcess, Task> test)
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        using var first = await Silos.StartAsync(redis.EnvironmentOfSilo());
        using var second = await Silos.StartAsync(redis.EnvironmentOfSilo());
        using var address = new HttpApi(Gateways.AdminKey);
        using var gateway = await Gateways.StartAsync(redis.EnvironmentOfGateway(), address);
        using var api = new HttpClient { BaseAddress = address.Address, Timeout = Patience };
        await test(api, gateway, second);
    }

    private static async Task<Caller> ProvisionAsync(HttpClient api, string tenant, long allocated = 10)
    {
        await ChangeAsync(api, "/v1/admin/tenants", new() { ["tenant_id"] = tenant, ["name"] = tenant });
        var key = await ChangeAsync(api, "/v1/admin/api-keys", new() { ["tenant_id"] = tenant, ["name"] = "test" });
        await ChangeAsync(api, "/v1/admin/budgets", new()
        {
            ["tenant_id"] = tenant,
            ["scope"] = $"tenant:{tenant}",
            ["unit"] = "TOKENS",
            ["allocated"] = Amount(allocated),
        });
        return new Caller(tenant, (string)key["key_secret"]!);
    }

    private static async Task<JsonNode> ChangeAsync(HttpClient api, string path, JsonObject body)
    {
        using var response = await SendAsync(api, HttpMethod.Post, path, null, body);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}");
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Asks as a client that waits for two seconds.</summary>
    private static async Task<bool> IsAnsweredAsync(HttpClient api, Caller caller, string idempotencyKey)
    {
        using var timeout = new CancellationTokenSource(Impatience);
        try
        {
            using var response = await SendAsync(
                api, HttpMethod.Post, "/v1/reservations", caller.Key, Reservation(caller, idempotencyKey), timeout.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<(HttpStatusCode Status, string? Id)> ReserveAsync(HttpClient api, Caller caller, string idempotencyKey)
    {
        var (status, body) = await RepeatAsync(api, "/v1/reservations", caller, Reservation(caller, idempotencyKey));
        return (status, (string?)body["reservation_id"]);
    }

    private static async Task ReleaseAsync(HttpClient api, Caller caller, string id) => Assert.Equal(
        HttpStatusCode.OK, (await RepeatAsync(api, $"/v1/reservations/{id}/release", caller, new() { ["idempotency_key"] = $"release-{id}" })).Status);

    /// <summary>Until there is an answer that says something.</summary>
    private static async Task<(HttpStatusCode Status, JsonNode Body)> RepeatAsync(HttpClient api, string path, Caller caller, JsonObject body)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var response = await SendAsync(api, HttpMethod.Post, path, caller.Key, body);
            if ((int)response.StatusCode < 500)
            {
                return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"{path} is still answered {(int)response.StatusCode}");
            await Task.Delay(100);
        }
    }

    private static async Task<long> ReservedAsync(HttpClient api, Caller caller)
    {
        using var response = await SendAsync(api, HttpMethod.Get, $"/v1/admin/budgets/lookup?scope=tenant:{caller.Tenant}&unit=TOKENS", null, null);
        return (long)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["reserved"]!["amount"]!;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient api, HttpMethod method, string path, string? key, JsonObject? body, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add(key is null ? "X-Admin-API-Key" : "X-Cycles-API-Key", key ?? Gateways.AdminKey);
        request.Content = body is null ? null : JsonContent.Create(body.DeepClone());
        return await api.SendAsync(request, cancellation);
    }

    private static JsonObject Reservation(Caller caller, string idempotencyKey) => new()
    {
        ["idempotency_key"] = idempotencyKey,
        ["subject"] = new JsonObject { ["tenant"] = caller.Tenant },
        ["action"] = new JsonObject { ["kind"] = "test", ["name"] = "test" },
        ["estimate"] = Amount(),
        ["ttl_ms"] = 3_600_000,
    };

    private static JsonObject Amount(long amount = 10) => new() { ["unit"] = "TOKENS", ["amount"] = amount };

    private sealed record Caller(string Tenant, string Key);
}
