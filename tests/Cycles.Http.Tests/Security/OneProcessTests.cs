using System.Net;
using System.Net.Sockets;
using System.Text;
using Cycles.Client.Agents;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Gateway.Silos;
using Cycles.Http.Tests.Server;
using Cycles.Protocol.Keys;
using Cycles.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Cycles.Http.Tests.Security;

/// <summary>What another local user can reach of one process on the embedded store, with nothing configured.</summary>
public sealed class OneProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly string[] Commands =
    [
        "PING", "KEYS *", "GET cycles:admin-key", "SET x 1", "CONFIG GET *", "ACL LIST", "EVAL return 0", "SUBSCRIBE x", "DEBUG PANIC",
        "FLUSHALL", "CLUSTER NODES", "REPLICAOF 127.0.0.1 1", "COMMITAOF", "AUTH wrong",
    ];

    [Fact]
    public Task Nothing_that_listens_takes_an_Orleans_client() => RunAsync(async process =>
    {
        using var api = new Api(process.Address);
        var tenant = await TestTenant.CreateAsync(api, 100);

        var ports = ProcessFiles.ListeningPorts(process.Id);
        Assert.Contains(process.Address.Port, ports);
        foreach (var port in ports)
        {
            Assert.Null(await TryToMintAsync(port, tenant.Id));
        }

        // The gateway, and the embedded store, which wants its password.
        Assert.Equal(2, ports.Length);
    });

    [Fact]
    public Task The_embedded_store_does_nothing_without_its_password() => RunAsync(async process =>
    {
        var port = Assert.Single(ProcessFiles.ListeningPorts(process.Id), port => port != process.Address.Port);
        foreach (var command in Commands)
        {
            var answer = await AskAsync(port, command);

            Assert.StartsWith("-", answer);
            Assert.Matches("NOAUTH|WRONGPASS", answer);
        }
    });

    [Fact]
    public Task The_embedded_stores_password_stands_where_no_other_process_reads_it() => RunAsync(process =>
    {
        Assert.DoesNotContain("password", ProcessFiles.ArgumentsAndEnvironment(process.Id), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("[0-9a-f]{48}", ProcessFiles.ArgumentsAndEnvironment(process.Id));
        return Task.CompletedTask;
    });

    [Fact]
    public async Task The_data_folder_is_the_owners_alone_also_when_it_was_open_to_all()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "file modes are of Unix");
        var data = Directory.CreateTempSubdirectory("cycles-modes-");
        using (var process = await ServerProcess.StartAsync(data.FullName))
        {
            using var api = new Api(process.Address);
            await TestTenant.CreateAsync(api, 100);
        }

        Assert.Empty(OpenToOthers(data));
        foreach (var entry in Entries(data))
        {
#pragma warning disable CA1416 // On Windows the test is skipped.
            entry.UnixFileMode |= UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
#pragma warning restore CA1416
        }

        using (var process = await ServerProcess.StartAsync(data.FullName))
        {
            using var api = new Api(process.Address);
            await TestTenant.CreateAsync(api, 100);
            Assert.True(Entries(data).Length > 3);
            Assert.Empty(OpenToOthers(data));
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public Task A_port_for_Orleans_clients_that_is_configured_takes_agents_with_an_API_key_and_mints_nothing()
    {
        var port = FreePort.Find();
        return RunAsync(
            async process =>
            {
                using var api = new Api(process.Address);
                var tenant = await TestTenant.CreateAsync(api, 100);
                using (var host = Client(port))
                {
                    await host.StartAsync();
                    AssertCounterIsSetBack(host.Services);
                    var agent = new AgentClient(host.Services.GetRequiredService<IClusterClient>(), tenant.Key);
                    Assert.Equal(100, (await agent.BalancesAsync()).Value!.Balances.Single().Remaining.Value);
                    await host.StopAsync();
                }

                Assert.Null(await TryToMintAsync(port, tenant.Id));
                Assert.Equal(3, ProcessFiles.ListeningPorts(process.Id).Length);
            },
            ("Cycles__GatewayPort", $"{port}"));
    }

    /// <summary>Orleans' counter of calls by any route is where we think it is. It must not overflow.</summary>
    private static void AssertCounterIsSetBack(IServiceProvider client)
    {
        var counter = RouteCounter.Find(client);
        RouteCounter.NumberOf(counter) = 7;
        RouteCounter.SetBack(counter);
        Assert.Equal(7, RouteCounter.NumberOf(counter));
        RouteCounter.NumberOf(counter) = int.MaxValue - 3;
        RouteCounter.SetBack(counter);
        Assert.Equal(0, RouteCounter.NumberOf(counter));
    }

    private static IHost Client(int port) => new HostBuilder().UseOrleansClient(client =>
    {
        client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, port));
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = ("cycles", "cycles"));
    }).Build();

    private static async Task RunAsync(Func<ServerProcess, Task> test, params (string Name, string Value)[] settings)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what a process has open is read from /proc");
        var data = Directory.CreateTempSubdirectory("cycles-security-");
        using (var process = await ServerProcess.StartAsync(data.FullName, settings))
        {
            await test(process);
        }

        data.Delete(recursive: true);
    }

    private static FileSystemInfo[] Entries(DirectoryInfo folder) => [folder, .. folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories)];

    private static string[] OpenToOthers(DirectoryInfo folder)
    {
        folder.Refresh();
        const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return [.. Entries(folder)
            .Where(entry => (entry.UnixFileMode & ~(entry is DirectoryInfo ? Owners | UnixFileMode.UserExecute : Owners)) != 0)
            .Select(entry => $"{entry.FullName} {entry.UnixFileMode}")];
    }

    private static async Task<string> AskAsync(int port, string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var words = command.Split(' ');
        var message = $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n"));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(message));
        using var timeout = new CancellationTokenSource(Patience);
        var answer = new byte[1024];
        return Encoding.ASCII.GetString(answer, 0, await client.GetStream().ReadAsync(answer, timeout.Token));
    }

    /// <returns>The secret of a key of the tenant, made by an Orleans client that knows nothing but the port; null when it comes to nothing.</returns>
    private static async Task<string?> TryToMintAsync(int port, string tenantId)
    {
        using var host = Client(port);
        try
        {
            using var timeout = new CancellationTokenSource(Patience);
            await host.StartAsync(timeout.Token).WaitAsync(Patience);
            var forged = new Origin { Operation = "createApiKey", Actor = ActorType.Admin };
            var reply = await host.Services.GetRequiredService<IClusterClient>().GetGrain<ITenantAdminGrain>(tenantId)
                .CreateKey(forged, new ApiKeyCreateRequest { TenantId = tenantId, Name = "forged" }).AsTask().WaitAsync(Patience);
            return reply.Key?.KeySecret;
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
        {
            return null;
        }
    }
}
