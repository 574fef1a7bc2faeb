using Garnet;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Store;

/// <summary>One life of the Garnet server: from its recovery of what is on disk until it is disposed of.</summary>
internal sealed class GarnetServerHost : IDisposable
{
    private readonly GarnetServer _server;
    private readonly GarnetLogs _logs;

    private GarnetServerHost(GarnetServer server, GarnetLogs logs) => (_server, _logs) = (server, logs);

    /// <summary>Starts a server, which recovers what the folder holds. Blocks until it has.</summary>
    /// <param name="arguments">Garnet's command line.</param>
    /// <param name="onProblem">Learns each warning and error that the server logs, until it is disposed of.</param>
    public static GarnetServerHost Start(string[] arguments, Action<GarnetProblem> onProblem)
    {
        var logs = new GarnetLogs(onProblem);
        GarnetServer? server = null;
        try
        {
            server = new GarnetServer(arguments, LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Warning).AddProvider(logs)));
            server.Start();
            return new GarnetServerHost(server, logs);
        }
        catch (Exception)
        {
            logs.Silence();
            server?.Dispose();
            throw;
        }
    }

    /// <summary>Ends it. What was only in its memory is gone. Can block for good when its threads wait for a disk.</summary>
    public void Dispose()
    {
        // That its connections end is no news.
        _logs.Silence();
        _server.Dispose();
    }
}
