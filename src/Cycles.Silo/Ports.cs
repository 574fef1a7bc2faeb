using System.Net;
using System.Net.Sockets;
using Cycles.Silo.Configuration;

namespace Cycles.Silo;

/// <summary>Ports of this machine.</summary>
internal static class Ports
{
    /// <summary>
    /// Looks before Orleans does: a silo that joins under the endpoint of another takes it for its own former self and declares it dead.
    /// </summary>
    /// <exception cref="StartUpException">The port is taken.</exception>
    public static int RequireFree(int port, string setting)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return port;
        }
        catch (SocketException exception)
        {
            throw new StartUpException(
                $"port {port} cannot be opened ({exception.Message}); set {CyclesOptions.Section}:{setting} to another", exception);
        }
    }
}
