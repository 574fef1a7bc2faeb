using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests;

/// <summary>The disk of the embedded store is full under load.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int Megabytes = 40;
    private const int MinimumFreeMegabytes = 4;
    private const long LeftForLoad = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LoadOnFullDisk = TimeSpan.FromSeconds(5);

    [Fact]
    public Task What_was_answered_on_a_full_disk_is_there_after_kill_and_restart() => FillAsync(EndWith.Kill);

    [Fact]
    public Task What_was_answered_on_a_full_disk_is_there_after_SIGTERM_and_restart() => FillAsync(EndWith.Terminate);

    [Fact]
    public Task A_server_serves_again_by_itself_when_its_disk_has_room_again_and_keeps_what_it_answers_then() => FillAsync(EndWith.RoomAndKill);

    [Fact]
    public async Task A_server_does_not_start_on_a_full_disk()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        disk.Fill(left: 0);
        using var server = Gateways.Start(Environment(disk));
        var exitCode = await server.WaitForExitAsync(Patience);

        Assert.Equal(1, exitCode);
        Assert.Contains("cannot be written", server.Log, StringComparison.Ordinal);
        Assert.Single(server.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_server_whose_data_folder_is_removed_ends_with_one_line()
    {
        using var data = new TemporaryFolder();
        using var api = new HttpApi(Gateways.AdminKey);
        var path = Path.Combine(data.Path, "data");
        using var server = await Gateways.StartAsync(new Dictionary<string, string> { ["Cycles__DataPath"] = path }, api);
        Directory.Delete(path, recursive: true);

        Assert.Equal(1, await server.WaitForExitAsync(Patience));
        Assert.Contains("was removed or replaced while it was in use", server.Log, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Environment(SmallDisk disk) => new()
    {
        ["Cycles__DataPath"] = disk.DataPath,
        ["Cycles__EmbeddedStore__MinimumFreeMegabytes"] = $"{MinimumFreeMegabytes}",
    };

    private async Task FillAsync(EndWith end)
    {
        using var disk = SmallDisk.Mount(Megabytes);
        using var api = new HttpApi(Gateways.AdminKey);
        var environment = Environment(disk);
        var scenario = new Scenario(output, api, tenants: 2, workersEach: 4);
        ServerProcess? server = null;
        try
        {
            server = await Gateways.StartAsync(environment, api);
            await scenario.ProvisionAsync(api.UseKey);
            using var stop = new CancellationTokenSource();
            var load = scenario.LoadAsync(retries: true, stop.Token);
            await Task.Delay(scenario.Random.Next(500, 1_500));
            disk.Fill(LeftForLoad);
            await WaitUntilReadyIsAsync(api, isReady: false);
            scenario.Note($"not ready with {disk.Free} bytes free after {scenario.Book.Operations.Count} operations");
            await Task.Delay(LoadOnFullDisk);
            Assert.False(await api.IsReadyAsync(), "the server says that it is ready on a full disk");
            if (end == EndWith.RoomAndKill)
            {
                disk.MakeRoom();
                await WaitUntilReadyIsAsync(api, isReady: true);
                var before = scenario.Book.Operations.Count(operation => operation.IsAcknowledged);
                await WaitUntilAsync(() => scenario.Book.Operations.Count(operation => operation.IsAcknowledged) > before + 50, "no load is served again");
                server.Kill();
                await stop.CancelAsync();
                await load;
            }
            else if (end == EndWith.Terminate)
            {
                server.Terminate();
                Assert.Equal(0, await server.WaitForExitAsync(Patience));
                await stop.CancelAsync();
                await load;
            }
            else
            {
                server.Kill();
                await stop.CancelAsync();
                await load;
            }

            scenario.Note($"the server's log:\n{server.Log}");
            server.Dispose();
            server = null;
            disk.MakeRoom();
            server = await Gateways.StartAsync(environment, api);
            await scenario.CheckAsync($"{end} on a full disk");
            await scenario.FinishAsync();
        }
        catch (Exception)
        {
            scenario.Note($"the server's log:\n{server?.Log}");
            throw;
        }
        finally
        {
            server?.Dispose();
        }
    }

    private static Task WaitUntilReadyIsAsync(HttpApi api, bool isReady) =>
        WaitUntilAsync(async () => await api.IsReadyAsync() == isReady, $"/health/ready does not become {(isReady ? "UP" : "DOWN")}");

    private static Task WaitUntilAsync(Func<bool> condition, string otherwise) => WaitUntilAsync(() => Task.FromResult(condition()), otherwise);

    private static async Task WaitUntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, otherwise);
            await Task.Delay(50);
        }
    }

    private enum EndWith
    {
        Kill,
        Terminate,
        RoomAndKill,
    }
}
