using System.Net;
using System.Net.Sockets;

namespace Cycles.Silo;

/// <summary>Finds ports for servers of this machine.</summary>
internal static class FreePort
{
    // Below the ports that Linux and Windows give to outgoing connections (from 32,768 and 49,152): one of those may be taken before the server opens it,
    // or while the server is being restarted.
    private const int First = 15_000;
    private const int Count = 17_000;
    private const int MostTried = 1_000;

    // A port that was found is not open yet, so the next search must not find it again. Processes begin at random: they seldom meet.
    private static int _last = Random.Shared.Next(Count);

    /// <summary>A port on which nothing listens, which no outgoing connection takes, and which this process was not given before.</summary>
    /// <exception cref="SocketException">None can be opened.</exception>
    public static int Find()
    {
        for (var tried = 1; ; tried++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Any, port);
                listener.Start();
                return port;
            }
            catch (SocketException) when (tried < MostTried)
            {
                // Most likely somebody listens there.
            }
        }
    }
}
