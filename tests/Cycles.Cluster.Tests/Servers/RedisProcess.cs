using System.Net;
using System.Net.Sockets;
using System.Text;
using Cycles.Silo;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>A Redis that has on disk what it has acknowledged.</summary>
internal sealed class RedisProcess : IDisposable
{
    private const string Program = "redis-server";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly string _appendFsync;
    private readonly int _port = FreePort.Find();
    private ServerProcess? _process;

    private RedisProcess(string folder, string appendFsync) => (_folder, _appendFsync) = (folder, appendFsync);

    /// <summary>Where it listens, on the loopback address.</summary>
    public int Port => _port;

    public string ConnectionString => $"127.0.0.1:{_port}";

    /// <summary>For a silo on this Redis, on ports of its own.</summary>
    public Dictionary<string, string> EnvironmentOfSilo() => new()
    {
        ["ConnectionStrings__Redis"] = ConnectionString,
        ["Cycles__SiloPort"] = $"{FreePort.Find()}",
        ["Cycles__GatewayPort"] = $"{FreePort.Find()}",
    };

    /// <summary>For a gateway without a silo of its own.</summary>
    public Dictionary<string, string> EnvironmentOfGateway() => new()
    {
        ["ConnectionStrings__Redis"] = ConnectionString,
        ["Cycles__Silo"] = "external",
    };

    /// <summary>Skips the test where Redis is not installed, but never in CI.</summary>
    public static void SkipUnlessInstalled()
    {
        var isInstalled = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, Program)));
        var isCi = Environment.GetEnvironmentVariable("CI") == "true";
        Assert.True(isInstalled || !isCi, $"{Program} must be installed in CI");
        Assert.SkipUnless(isInstalled, $"{Program} is not installed");
    }

    /// <param name="folder">Where its files are.</param>
    /// <param name="appendFsync">When it syncs what it writes; other than by default it may lose what it has acknowledged when it is killed.</param>
    public static async Task<RedisProcess> StartAsync(string folder, string appendFsync = "always")
    {
        var redis = new RedisProcess(folder, appendFsync);
        await redis.StartAsync();
        return redis;
    }

    /// <summary>Starts it, on what it had written before.</summary>
    public async Task StartAsync()
    {
        _process = ServerProcess.Start(
            Program,
            [
                "--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder, "--save", "",
                "--appendonly", "yes", "--appendfsync", _appendFsync, "--repl-diskless-sync-delay", "0",
            ],
            new Dictionary<string, string>(),
            "Ready to accept connections");
        await _process.WaitUntilReadyAsync(StartPatience);
    }

    /// <summary>Breaks the connections of all clients, again and again at random moments, until told to stop.</summary>
    /// <returns>How often.</returns>
    public async Task<int> BreakConnectionsAsync(Random random, CancellationToken stop)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, CancellationToken.None);
        var stream = client.GetStream();
        var answer = new byte[64];
        var count = 0;
        for (; !stop.IsCancellationRequested; count++)
        {
            await Task.Delay(random.Next(5, 120), CancellationToken.None);
            await stream.WriteAsync("CLIENT KILL TYPE normal SKIPME yes\r\n"u8.ToArray(), CancellationToken.None);
            await stream.ReadAtLeastAsync(answer, 4, cancellationToken: CancellationToken.None);
        }

        return count;
    }

    /// <summary>Makes it a replica of another, and waits until it has what that one has.</summary>
    public async Task FollowAsync(RedisProcess primary)
    {
        await AskAsync($"REPLICAOF 127.0.0.1 {primary._port}");
        var started = TimeProvider.System.GetTimestamp();
        while (!(await AskAsync("INFO replication")).Contains("master_link_status:up", StringComparison.Ordinal))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < StartPatience, "the replica has not what its primary has");
            await Task.Delay(20);
        }
    }

    /// <summary>Makes a replica a primary.</summary>
    public Task PromoteAsync() => AskAsync("REPLICAOF NO ONE");

    /// <summary>Sends a command over a connection of its own.</summary>
    /// <returns>What came back at once.</returns>
    public async Task<string> AskAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, CancellationToken.None);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"), CancellationToken.None);
        var answer = new byte[64 * 1024];
        return Encoding.ASCII.GetString(answer, 0, await client.GetStream().ReadAsync(answer, CancellationToken.None));
    }

    /// <summary>Copies what is on disk.</summary>
    public void CopyTo(string folder) => Copy(_folder, folder);

    /// <summary>While it does not run: puts a copy in the place of what is on disk.</summary>
    public void RestoreFrom(string folder)
    {
        foreach (var directory in Directory.GetDirectories(_folder))
        {
            Directory.Delete(directory, recursive: true);
        }

        Copy(folder, _folder);
    }

    /// <summary>SIGSTOP: its clients wait.</summary>
    public void Pause() => _process!.Pause();

    /// <summary>SIGCONT.</summary>
    public void Resume() => _process!.Resume();

    public void Kill()
    {
        _process!.Kill();
        _process.Dispose();
        _process = null;
    }

    public void Dispose() => _process?.Dispose();

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
