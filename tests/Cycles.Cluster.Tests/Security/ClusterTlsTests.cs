using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Cycles.Client.Agents;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Agents;
using Cycles.Contracts.Tenants;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace Cycles.Cluster.Tests.Security;

/// <summary>A cluster whose Orleans connections are mutual TLS, of certificates that the tests make.</summary>
public sealed class ClusterTlsTests
{
    [Fact]
    public async Task Silos_gateways_and_agents_with_the_authoritys_certificates_work_and_others_are_refused()
    {
        using var folder = new TemporaryFolder();
        var authority = new TestAuthority(folder.Path, "ours");
        var stranger = new TestAuthority(folder.Path, "theirs");
        using var cluster = await SecuredCluster.StartAsync(
            silos: 2,
            TestAuthority.EnvironmentOf(authority.Issue("silo", TestAuthority.Server, TestAuthority.Client)),
            TestAuthority.EnvironmentOf(authority.Issue("gateway", TestAuthority.Client)));

        // Over HTTP: from the gateway to the silo that it is connected to, and from there to the tenant's.
        var reserved = await cluster.AskAsync(ApiRequest.Post("/v1/reservations", SecuredCluster.TenantId, Reserve("1")));
        await cluster.AskAsync(ApiRequest.Post(
            $"/v1/reservations/{reserved["reservation_id"]}/commit",
            SecuredCluster.TenantId,
            """{"idempotency_key":"1-done","actual":{"unit":"TOKENS","amount":5}}"""));
        Assert.Equal((100, 5), await cluster.BudgetAsync());

        var agentFiles = authority.Issue("agent", TestAuthority.Client);
        using (var host = await OrleansClients.ConnectAsync(cluster.ClientPorts[0], OrleansClients.Patience, client => client.UseCyclesTls(agentFiles)))
        {
            var agent = new AgentClient(host.Services.GetRequiredService<IClusterClient>(), cluster.Key);
            var answer = await agent.ReserveAsync(new ReservationCreateRequest
            {
                IdempotencyKey = "2",
                Subject = new Subject { Tenant = SecuredCluster.TenantId },
                Action = new ActionInfo { Kind = "tool.call", Name = "x" },
                Estimate = new Amount(Unit.Tokens, 10),
            });
            Assert.True(answer.IsSuccess, answer.Problem?.Message);
        }

        var port = cluster.ClientPorts[0];
        Func<IGrainFactory, Task> ask = grains => grains.GetGrain<IAgentGrain>(0)
            .Call(new AgentCall { ApiKey = cluster.Key, Operation = AgentOperation.Balances }).AsTask();
        var refused = await Task.WhenAll(
            OrleansClients.IsRefusedAsync(port, ask),
            OrleansClients.IsRefusedAsync(port, ask, client => client.UseCyclesTls(With(stranger.Issue("agent", TestAuthority.Client), agentFiles))),
            OrleansClients.IsRefusedAsync(port, ask, client => client.UseCyclesTls(With(agentFiles, stranger.Issue("other", TestAuthority.Client)))),
            OrleansClients.IsRefusedAsync(port, ask, client => client.UseCyclesTls(authority.Issue("any"))),
            OrleansClients.IsRefusedAsync(
                port, grains => grains.GetGrain<ITenantAdminGrain>(SecuredCluster.TenantId).Get().AsTask(), client => client.UseCyclesTls(agentFiles)));
        Assert.All(refused, isRefused => Assert.True(isRefused));
        Assert.DoesNotContain("connections are not encrypted", cluster.Log, StringComparison.Ordinal);

        // The port of the silos: a silo comes in, an agent does not.
        Assert.True(await IsAnsweredAsync(cluster.SiloPorts[0], authority.Issue("silo-2", TestAuthority.Server, TestAuthority.Client)));
        Assert.False(await IsAnsweredAsync(cluster.SiloPorts[0], agentFiles));
        Assert.False(await IsAnsweredAsync(cluster.SiloPorts[0], stranger.Issue("silo", TestAuthority.Server, TestAuthority.Client)));
    }

    [Fact]
    public async Task A_silo_does_not_start_with_certificates_that_cannot_work()
    {
        RedisProcess.SkipUnlessInstalled();
        using var folder = new TemporaryFolder();
        using var data = new TemporaryFolder();
        using var redis = await RedisProcess.StartAsync(data.Path);
        var authority = new TestAuthority(folder.Path, "ours");
        var silo = authority.Issue("silo", TestAuthority.Server, TestAuthority.Client);

        await AssertRefusedAsync(redis, authority.Issue("gateway", TestAuthority.Client), "serverAuth and clientAuth");
        await AssertRefusedAsync(redis, With(silo, silo, key: authority.Issue("other", TestAuthority.Client).KeyPath), "cannot be used for TLS");
        await AssertRefusedAsync(redis, new TlsFiles { CertificatePath = silo.CertificatePath, KeyPath = "/nowhere", CaPath = silo.CaPath }, "'/nowhere'");
        await AssertRefusedAsync(redis, new TlsFiles { CertificatePath = silo.CertificatePath, KeyPath = silo.KeyPath, CaPath = "" }, "Cycles:Tls needs");
    }

    private static async Task AssertRefusedAsync(RedisProcess redis, TlsFiles files, string reason)
    {
        var environment = redis.EnvironmentOfSilo();
        foreach (var (name, value) in TestAuthority.EnvironmentOf(files))
        {
            environment[name] = value;
        }

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Silos.StartAsync(environment));
        Assert.Contains("Cycles cannot start: ", failure.Message);
        Assert.Contains(reason, failure.Message);
    }

    private static TlsFiles With(TlsFiles own, TlsFiles authority, string? key = null) =>
        new() { CertificatePath = own.CertificatePath, KeyPath = key ?? own.KeyPath, CaPath = authority.CaPath };

    /// <summary>Whether the silo goes on with the one that shows this certificate: it then answers the hello with a number.</summary>
    private static async Task<bool> IsAnsweredAsync(int port, TlsFiles files)
    {
        using var timeout = new CancellationTokenSource(OrleansClients.Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        using var certificate = X509Certificate2.CreateFromPemFile(files.CertificatePath!, files.KeyPath);
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "silo", ClientCertificates = [certificate] }, timeout.Token);
            await tls.WriteAsync((byte[])[.. "CYCLES\u0000\u0001"u8, .. new byte[32]], timeout.Token);
            return await tls.ReadAsync(new byte[32], timeout.Token) > 0;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static string Reserve(string key) =>
        $$$"""{"idempotency_key":"{{{key}}}","subject":{"tenant":"acme"},"action":{"kind":"k","name":"n"},"estimate":{"unit":"TOKENS","amount":9}}""";
}
