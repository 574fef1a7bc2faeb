using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>
/// Each fault against each operation: the real process is loaded with all operations at once while a fault goes on, ends in one of three ways,
/// and is started again. Then every 2xx is there, nothing was done twice, and nothing is oversubscribed.
/// </summary>
public sealed class FaultMatrixTests(ITestOutputHelper output)
{
    private const int LeastAcknowledged = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(45);

    [Fact]
    public Task Every_2xx_is_there_after_a_full_disk() => RunAsync(new FullDisk());

    [Fact]
    public Task Every_2xx_is_there_after_the_disk_became_read_only() => RunAsync(new ReadOnlyDisk());

    [Fact]
    public async Task Every_2xx_is_there_after_Redis_was_killed() => await RunAsync(await StoreKilled.CreateAsync());

    [Fact]
    public async Task Every_2xx_is_there_after_Redis_stood_still() => await RunAsync(await StorePaused.CreateAsync());

    [Fact]
    public async Task Every_2xx_is_there_after_the_disk_of_Redis_was_full() => await RunAsync(await FullDiskOfRedis.CreateAsync());

    [Fact]
    public async Task Every_2xx_is_there_after_the_replica_was_gone() => await RunAsync(await ReplicaGone.CreateAsync());

    [Fact]
    public Task Every_2xx_is_there_after_the_kernel_ended_the_server_for_its_memory() => RunAsync(new MemoryLimit());

    private async Task RunAsync(Fault fault)
    {
        await using var _ = fault;
        using var api = new HttpApi(Gateways.AdminKey);
        var world = new FaultWorld(api, output.WriteLine);
        FaultOperation[] operations =
        [
            new ReserveOperation(world),
            new SettleOperation(world, commits: true),
            new SettleOperation(world, commits: false),
            new EventOperation(world),
            new FundOperation(world, isKeyed: true),
            new FundOperation(world, isKeyed: false),
            new CreateTenantOperation(world),
            new CreateBudgetOperation(world),
            new CreateKeyOperation(world),
            new CreatePolicyOperation(world),
            new CloseOperation(world),
        ];
        ServerProcess? server = null;
        try
        {
            server = await Gateways.StartAsync(fault.Environment, api);
            await world.ProvisionAsync();
            foreach (var ending in Endings(fault))
            {
                output.WriteLine($"{fault.GetType().Name}, {ending}:");
                await LoadAndFailAsync(fault, ending, server, api, operations);
                server.Dispose();
                server = null;
                server = await Gateways.StartAsync(fault.Environment, api);
                await Task.WhenAll(operations.Select(operation => operation.CheckAsync()));

                Assert.True(world.Objections.Count == 0, $"{ending}:\n  {string.Join("\n  ", world.Objections.Take(20))}");
            }
        }
        catch (Exception)
        {
            output.WriteLine($"objections:\n  {string.Join("\n  ", world.Objections)}");
            output.WriteLine($"the server's log:\n{server?.Log}");
            throw;
        }
        finally
        {
            server?.Dispose();
        }
    }

    private static IEnumerable<Ending> Endings(Fault fault)
    {
        if (fault.CanBeMended)
        {
            yield return Ending.MendedWhileItRuns;
        }

        yield return Ending.Killed;
        if (!fault.EndsServer)
        {
            yield return Ending.Terminated;
        }
    }

    private async Task LoadAndFailAsync(Fault fault, Ending ending, ServerProcess server, HttpApi api, FaultOperation[] operations)
    {
        await Task.WhenAll(operations.Select(operation => operation.PrepareAsync()));
        using var stop = new CancellationTokenSource();
        var load = operations.ToDictionary(operation => operation, operation => Task.Run(() => operation.RunAsync(stop.Token), CancellationToken.None));
        try
        {
            await EachAsync(load, operation => operation.Acknowledged, "is not served");
            await fault.BreakAsync(server);
            if (!fault.EndsServer)
            {
                await EachAsync(load, operation => operation.Answered, "has no end");
                await Until.TrueAsync(async () => !await api.IsReadyAsync(), Patience, () => "the server says that it is ready");
                await EachAsync(load, operation => operation.Answered, "has no end");
            }

            if (ending == Ending.MendedWhileItRuns)
            {
                await fault.MendAsync();
                await Until.TrueAsync(api.IsReadyAsync, Patience, () => "the server does not serve again by itself");
                await EachAsync(load, operation => operation.Acknowledged, "is not served again");
                server.Kill();
            }
            else if (ending == Ending.Terminated)
            {
                server.Terminate();
                await stop.CancelAsync();
                var hasEnded = await HasEndedAsync(server);
                output.WriteLine(hasEnded ? "  ended by itself" : $"  did not end within {EndPatience}");
            }
        }
        finally
        {
            if (!server.HasExited)
            {
                server.Kill();
            }

            await stop.CancelAsync();
            await Task.WhenAll(load.Values);
        }

        if (ending != Ending.MendedWhileItRuns)
        {
            await fault.RestoreAsync();
        }
    }

    /// <summary>Waits until each operation that still goes on has come some steps further.</summary>
    private static async Task EachAsync(Dictionary<FaultOperation, Task> load, Func<FaultOperation, int> progress, string otherwise)
    {
        var before = load.Keys.ToDictionary(operation => operation, progress);
        await Task.WhenAll(load.Select(pair => Until.TrueAsync(
            () => pair.Value.IsCompleted || progress(pair.Key) >= before[pair.Key] + LeastAcknowledged,
            Patience,
            () => $"{pair.Key.Name} {otherwise}")));
    }

    private static async Task<bool> HasEndedAsync(ServerProcess server)
    {
        try
        {
            await server.WaitForExitAsync(EndPatience);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private enum Ending
    {
        MendedWhileItRuns,
        Killed,
        Terminated,
    }
}
