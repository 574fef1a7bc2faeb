using Cycles.Bench.Limits;
using Cycles.Bench.Processes;

namespace Cycles.Bench.Servers;

/// <summary>A gateway with its silo in one process, on a store of its own that starts empty. Disposing it ends and deletes all.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private const string ReadyText = "Cycles is ready on ";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder;
    private Func<ChildProcess> _start = null!;
    private string? _probeSocket;

    private ServerUnderTest(DirectoryInfo folder) => _folder = folder;

    public string AdminKey { get; } = $"bench-{Guid.NewGuid():n}";
    public Uri Address { get; private set; } = null!;
    public ChildProcess Process { get; private set; } = null!;
    public RedisServer? Redis { get; private set; }

    /// <summary>Where the bench may put files that live as long as the server.</summary>
    public string Folder => _folder.FullName;

    private string DataPath => _folder.CreateSubdirectory("data").FullName;

    public static async Task<ServerUnderTest> StartAsync(
        string gatewayAssembly, string dataFolder, StoreKind store, string? probeSocket, Func<string, string?, Task>? fill, CancellationToken cancellation,
        MemoryGroup? group = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(dataFolder, $"cycles-bench-{Guid.NewGuid():n}"));
        var server = new ServerUnderTest(folder);
        try
        {
            if (store != StoreKind.Embedded)
            {
                server.Redis = await RedisServer.StartAsync(store, folder.CreateSubdirectory("redis").FullName, cancellation);
            }

            if (fill is not null)
            {
                await fill(server.DataPath, server.Redis?.Endpoint);
            }

            string[] command = ["dotnet", gatewayAssembly, "--urls", "http://127.0.0.1:0"];
            command = group?.Enter(command) ?? command;
            server._probeSocket = probeSocket;
            server._start = () => ChildProcess.Start(command[0], command[1..], server.Configuration(probeSocket, group), ReadyText);
            await server.StartProcessAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the server, and starts another one on the same data.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        await Process.DisposeAsync();
        if (_probeSocket is not null)
        {
            File.Delete(_probeSocket);
        }

        await StartProcessAsync(cancellation);
    }

    private async Task StartProcessAsync(CancellationToken cancellation)
    {
        Process = _start();
        var ready = await Process.AwaitedLineAsync(StartDeadline, cancellation);
        Address = new Uri(ready[(ready.IndexOf(ReadyText, StringComparison.Ordinal) + ReadyText.Length)..].Trim());
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    private Dictionary<string, string?> Configuration(string? probeSocket, MemoryGroup? group) => new()
    {
        ["Cycles__MaxMetadataBytes"] = group is null ? null : "65536",
        ["Cycles__AdminKey"] = AdminKey,
        ["Cycles__NoOpEndpoint"] = "true",
        ["Cycles__DataPath"] = DataPath,
        ["ConnectionStrings__Redis"] = Redis?.Endpoint,
        ["DOTNET_STARTUP_HOOKS"] = probeSocket is null ? null : typeof(StartupHook).Assembly.Location,
        [StartupHook.SocketVariable] = probeSocket,
    };
}
