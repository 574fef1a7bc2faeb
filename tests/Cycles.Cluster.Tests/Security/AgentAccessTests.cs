using System.Net;
using System.Net.Sockets;
using Cycles.Client.Agents;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Cluster;
using Cycles.Contracts.Indexes;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Silo;
using Microsoft.Extensions.DependencyInjection;

namespace Cycles.Cluster.Tests.Security;

/// <summary>What an Orleans client can do at the ports of a cluster without TLS, when it does not know the cluster's secret.</summary>
public sealed class AgentAccessTests
{
    private static readonly Origin Forged = new() { Operation = "createApiKey", Actor = ActorType.Admin };

    private static readonly Func<IGrainFactory, Task>[] Privileged =
    [
        grains => Tenant(grains).CreateKey(Forged, new ApiKeyCreateRequest { TenantId = SecuredCluster.TenantId, Name = "forged" }).AsTask(),
        grains => Tenant(grains).Get().AsTask(),
        grains => Scope(grains).Fund(Forged, new FundCommand(Unit.Tokens, FundingOperation.Credit, 1000, 0, null, "x")).AsTask(),
        grains => grains.GetGrain<ILedgerGrain>(SecuredCluster.TenantId).OpenTenant().AsTask(),
        grains => grains.GetGrain<IClusterGrain>(0).GetOrSetAdminKeyHash("x").AsTask(),
        grains => grains.GetGrain<ITenantIndexGrain>(0).Summarize().AsTask(),
        grains => grains.GetGrain<IRefusalLogGrain>(0).RecordFailure(Forged, new AuditFailure("acme", 401, "X", "x", "GET", "/", null, null)).AsTask(),
        grains => grains.GetGrain<IManagementGrain>(0).GetHosts(),
        grains => grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero),
    ];

    [Fact]
    public async Task An_agent_with_an_API_key_reserves_and_commits_and_can_do_nothing_else()
    {
        using var cluster = await SecuredCluster.StartAsync(silos: 1);
        using var host = await OrleansClients.ConnectAsync(cluster.ClientPorts[0], OrleansClients.Patience);
        var agent = new AgentClient(host.Services.GetRequiredService<IClusterClient>(), cluster.Key);

        var reserved = await agent.ReserveAsync(Estimate("1", 40));
        Assert.True(reserved.IsSuccess, reserved.Problem?.Message);
        var committed = await agent.CommitAsync(
            reserved.Value.ReservationId!, new CommitRequest { IdempotencyKey = "1-done", Actual = new Amount(Unit.Tokens, 30) });
        Assert.True(committed.IsSuccess, committed.Problem?.Message);
        Assert.Equal(ReservationStatus.Committed, (await agent.GetAsync(reserved.Value.ReservationId!)).Value!.Status);
        Assert.Equal(70, (await agent.BalancesAsync()).Value!.Balances.Single().Remaining.Value);

        var negative = await agent.ReserveAsync(Estimate("2", -1000));
        Assert.Equal(ErrorCode.InvalidRequest, negative.Problem?.Code);
        var foreign = await agent.ReserveAsync(Estimate("3", 1) with { Subject = new Subject { Tenant = "other" } });
        Assert.Equal(ErrorCode.Forbidden, foreign.Problem?.Code);
        var unknown = await new AgentClient(host.Services.GetRequiredService<IClusterClient>(), "cyc_live_unknown").ReserveAsync(Estimate("4", 1));
        Assert.Equal(ErrorCode.Unauthorized, unknown.Problem?.Code);

        var keys = await cluster.CountKeysAsync();
        var refused = await Task.WhenAll(Privileged.Select(call => OrleansClients.IsRefusedAsync(cluster.ClientPorts[0], call)));
        Assert.All(refused, isRefused => Assert.True(isRefused));
        Assert.Equal(keys, await cluster.CountKeysAsync());
        Assert.Equal((100, 30), await cluster.BudgetAsync());
        Assert.Contains("was closed: it calls grains of the type", cluster.Log);
        Assert.Single(cluster.Log.Split('\n'), line => line.Contains("connections are not encrypted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_know_the_clusters_secret_is_no_silo()
    {
        using var cluster = await SecuredCluster.StartAsync(silos: 2);

        // The two silos serve together: between them the proof goes through.
        await cluster.AskAsync(ApiRequest.Post(
            "/v1/reservations",
            SecuredCluster.TenantId,
            """{"idempotency_key":"1","subject":{"tenant":"acme"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":1}}"""));
        foreach (var bytes in new[] { "CYCLES\u0000\u0001".Select(letter => (byte)letter).Concat(new byte[64 + 64]).ToArray(), [40, 0, 0, 0, .. new byte[60]] })
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, cluster.SiloPorts[0]);
            await client.GetStream().WriteAsync(bytes);
            await AssertClosedAsync(client, most: 32);
        }
    }

    [Fact]
    public async Task An_agent_does_not_get_the_answers_of_the_gateway_in_the_silos_process()
    {
        using var data = new TemporaryFolder();
        using var api = new HttpApi(Gateways.AdminKey);
        var port = FreePort.Find();
        using var process = await Gateways.StartAsync(
            new Dictionary<string, string> { ["Cycles__GatewayPort"] = $"{port}", ["Cycles__DataPath"] = data.Path }, api);
        using var first = await ConnectAsync(port, Preambles.Of(Preambles.NewKey()));
        using var timeout = new CancellationTokenSource(OrleansClients.Patience);
        var silo = await Preambles.ReadSiloAsync(first.GetStream(), timeout.Token);

        var hosted = $"hosted-{silo.ToParsableString()}";
        using var taker = await ConnectAsync(port, Preambles.Of(hosted));
        using var observer = await ConnectAsync(port, Preambles.Of($"{hosted}+{Preambles.NewKey()}"));

        // An answer that the taker gets does not come here, however often it is asked for.
        var list = ApiRequest.Get("/v1/admin/tenants", null);
        var answer = await api.SendAsync(list);
        while (!answer.IsFinal && !timeout.IsCancellationRequested)
        {
            answer = await api.SendAsync(list);
        }

        Assert.True(answer.IsSuccess, answer.ToString());
        await AssertClosedAsync(taker, most: 0);
        await AssertClosedAsync(observer, most: 0);
        Assert.Contains("was closed: it connects under an id that is not one of a new client", process.Log);
    }

    private static async Task<TcpClient> ConnectAsync(int port, byte[] preamble)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(Preambles.Framed(preamble));
        return client;
    }

    /// <summary>The other side closes, and has said no more than its random number.</summary>
    private static async Task AssertClosedAsync(TcpClient client, int most)
    {
        using var timeout = new CancellationTokenSource(OrleansClients.Patience);
        var buffer = new byte[1024];
        var count = 0;
        try
        {
            while (await client.GetStream().ReadAsync(buffer, timeout.Token) is var read and > 0)
            {
                count += read;
            }
        }
        catch (IOException)
        {
            // Reset: closed too.
        }

        Assert.InRange(count, 0, most);
    }

    private static ReservationCreateRequest Estimate(string idempotencyKey, long amount) => new()
    {
        IdempotencyKey = idempotencyKey,
        Subject = new Subject { Tenant = SecuredCluster.TenantId },
        Action = new ActionInfo { Kind = "tool.call", Name = "x" },
        Estimate = new Amount(Unit.Tokens, amount),
    };

    private static ITenantAdminGrain Tenant(IGrainFactory grains) => grains.GetGrain<ITenantAdminGrain>(SecuredCluster.TenantId);

    private static IScopeAdminGrain Scope(IGrainFactory grains) => grains.GetGrain<IScopeAdminGrain>($"tenant:{SecuredCluster.TenantId}");
}
