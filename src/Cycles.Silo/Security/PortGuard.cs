using System.IO.Pipelines;
using System.Net;
using Cycles.Grains.Cluster;
using Cycles.Grains.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Security;

/// <summary>
/// Stands at the two ports of a silo. On the port of the silos only those come in that know the cluster's secret. On the port of the clients
/// those that do not may call what is open to agents, and nothing else.
/// </summary>
internal sealed partial class PortGuard(
    ClusterSecret secret, GrainAccess access, ILocalSiloDetails silo, SiloStanding standing, ILogger<PortGuard> logger)
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(1);

    private long _loggedAt;

    /// <summary>A connection that comes from a silo, or claims to.</summary>
    public ConnectionDelegate OfSilos(ConnectionDelegate next) => async context =>
    {
        if (!await AcceptAsync(context, "silos"))
        {
            const string Reason = "it has not proved that it is a silo of this cluster";
            Refused(context, "silos", Reason);
            throw new ConnectionAbortedException(Reason);
        }

        await WithInputAsync(context, new WaryReader(context.Transport.Input, standing), next);
    };

    /// <summary>A connection to another silo.</summary>
    public ConnectionDelegate ToSilos(ConnectionDelegate next) => async context =>
    {
        await Handshake.ConnectAsync(context.Transport, secret);
        await WithInputAsync(context, new WaryReader(context.Transport.Input, standing), next);
    };

    /// <summary>A connection that comes from a client: a gateway or an agent.</summary>
    public ConnectionDelegate OfClients(ConnectionDelegate next) => async context =>
    {
        var isProved = await AcceptAsync(context, "clients");
        var guard = new MessageGuard(access, silo.GatewayAddress, isProved);
        var input = new WaryReader(context.Transport.Input, standing);
        await WithInputAsync(context, new GuardedReader(input, guard, reason => Refused(context, "clients", reason)), next);
    };

    private static async Task WithInputAsync(ConnectionContext context, PipeReader input, ConnectionDelegate next)
    {
        var transport = context.Transport;
        context.Transport = new GuardedPipe(input, transport.Output);
        try
        {
            await next(context);
        }
        finally
        {
            context.Transport = transport;
        }
    }

    private async Task<bool> AcceptAsync(ConnectionContext context, string port)
    {
        try
        {
            return await Handshake.AcceptAsync(context.Transport, secret);
        }
        catch (ConnectionAbortedException exception)
        {
            Refused(context, port, exception.Message);
            throw;
        }
    }

    /// <summary>At most one line a second: a refused client may come again at once.</summary>
    private void Refused(ConnectionContext context, string port, string reason)
    {
        var last = Volatile.Read(ref _loggedAt);
        if ((last == 0 || TimeProvider.System.GetElapsedTime(last) >= LogEvery)
            && Interlocked.CompareExchange(ref _loggedAt, TimeProvider.System.GetTimestamp(), last) == last)
        {
            LogRefused(context.RemoteEndPoint, port, reason);
        }
    }

    [LoggerMessage(EventId = 1902, Level = LogLevel.Warning, Message = "A connection from {EndPoint} to the port for {Port} was closed: {Reason}")]
    private partial void LogRefused(EndPoint? endPoint, string port, string reason);

    private sealed record GuardedPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
