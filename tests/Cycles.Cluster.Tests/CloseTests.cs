using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;
using Cycles.Grains.Store;
using StackExchange.Redis;
using static Cycles.Cluster.Tests.Checks.OwningTenants;

namespace Cycles.Cluster.Tests;

/// <summary>Tenants are closed on Redis: while it stands still, and on two silos of which one dies.</summary>
public sealed class CloseTests(ITestOutputHelper output)
{
    // Enough that each silo has some: a tenant's grains live together.
    private const int Tenants = 6;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_close_that_takes_long_is_answered_before_its_end_and_goes_on_by_itself()
    {
        const int Many = 2_000;
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        using var api = new HttpApi(Gateways.AdminKey);
        using var server = await Gateways.StartAsync(redis.EnvironmentOfSilo(), api);
        await ProvisionAsync(api, "slow", reservations: Many);

        var close = CloseAsync(api, "slow");
        await UntilAsync(
            async () => await store.GetDatabase().SortedSetLengthAsync(new TenantKeys("slow").Due) < Many, ConvergenceLimit, pauseMs: 1);
        redis.Pause();
        Answer answer;
        try
        {
            // Now nothing more can end, and the caller that closed the tenant does not have to wait for it.
            answer = await close.WaitAsync(AnswerLimit);
        }
        finally
        {
            redis.Resume();
        }

        Assert.Equal((200, "CLOSED", true), (answer.Status, (string?)answer.Body?["status"], answer.IsCascading));
        await ConvergeAsync(api, "slow");
        await VerifyEndedAsync(api, "slow");
        await UntilAsync(async () => (await GetAsync(api, "/v1/admin/tenants/slow")).IsSuccess && !(await CloseAsync(api, "slow")).IsCascading, ConvergenceLimit);
    }

    [Fact]
    public async Task What_the_tenants_of_two_silos_own_ends_once_although_one_silo_dies_meanwhile()
    {
        RedisProcess.SkipUnlessInstalled();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        await using var store = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        using var first = await Silos.StartAsync(redis.EnvironmentOfSilo());
        using var second = await Silos.StartAsync(redis.EnvironmentOfSilo());
        using var api = new HttpApi(Gateways.AdminKey);
        using var gateway = await Gateways.StartAsync(redis.EnvironmentOfGateway(), api);
        try
        {
            var tenants = Enumerable.Range(1, Tenants).Select(i => $"closing-{i}").ToArray();
            var owned = new Dictionary<string, string[]>();
            foreach (var tenantId in tenants)
            {
                owned[tenantId] = await ProvisionAsync(api, tenantId);
            }

            var closes = tenants.Select(tenantId => CloseAsync(api, tenantId)).ToArray();
            await UntilAsync(async () => await CountEndedAsync(store, tenants) > 0, ConvergenceLimit, pauseMs: 1);
            second.Kill();
            output.WriteLine($"{await CountEndedAsync(store, tenants)} of {Tenants * Reservations} reservations had ended when a silo was killed");
            foreach (var tenantId in tenants)
            {
                // What became of a request without an answer is not known; to ask again is safe.
                await closes[Array.IndexOf(tenants, tenantId)];
                await UntilAsync(async () => (await CloseAsync(api, tenantId)).IsSuccess, ConvergenceLimit);
            }

            foreach (var tenantId in tenants)
            {
                await ConvergeAsync(api, tenantId);
                await VerifyEndedAsync(api, tenantId);
                var lines = (await GetAsync(api, $"/v1/admin/audit/logs?tenant_id={tenantId}&operation=tenant_close_cascade&limit=1000")).Body!["logs"]!.AsArray();
                Assert.Equal(
                    owned[tenantId].Order(StringComparer.Ordinal),
                    lines.Select(line => (string)line!["resource_id"]!).Order(StringComparer.Ordinal));
            }
        }
        catch (Exception)
        {
            output.WriteLine($"the gateway's log:\n{gateway.Log}\nthe first silo's log:\n{first.Log}\nthe second silo's log:\n{second.Log}");
            throw;
        }
    }

    /// <summary>How many of the tenants' reservations are not active any more.</summary>
    private static async Task<long> CountEndedAsync(IConnectionMultiplexer store, string[] tenants)
    {
        var active = await Task.WhenAll(tenants.Select(tenantId => store.GetDatabase().SortedSetLengthAsync(new TenantKeys(tenantId).Due)));
        return (Tenants * Reservations) - active.Sum();
    }
}
