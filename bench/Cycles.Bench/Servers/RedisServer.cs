using System.Globalization;
using Cycles.Bench.Processes;
using Cycles.Silo;

namespace Cycles.Bench.Servers;

/// <summary>A Redis of the bench's own: a free loopback port, files in a folder that is thrown away.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);

    private RedisServer(ChildProcess process, int port)
    {
        Process = process;
        Endpoint = $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
    }

    public ChildProcess Process { get; }
    public string Endpoint { get; }

    public static async Task<RedisServer> StartAsync(StoreKind store, string folder, CancellationToken cancellation)
    {
        var port = FreePort.Find();
        var process = ChildProcess.Start(
            "redis-server",
            [
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                "--appendonly", "yes", "--appendfsync", store == StoreKind.RedisAlways ? "always" : "everysec",
            ],
            awaitedText: "Ready to accept connections");
        try
        {
            await process.AwaitedLineAsync(StartDeadline, cancellation);
            return new RedisServer(process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
