using System.Net;
using System.Net.Sockets;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>Stands between those who connect and a server of this machine, and can do things to what passes.</summary>
internal sealed class TcpProxy : IDisposable
{
    private readonly TcpListener _listener;
    private readonly int _target;
    private readonly Func<NetworkStream, NetworkStream, Task> _pass;

    private TcpProxy(int port, int target, Func<NetworkStream, NetworkStream, Task> pass) =>
        (_listener, _target, _pass) = (new TcpListener(IPAddress.Loopback, port), target, pass);

    /// <summary>Where it listens, on the loopback address.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <param name="target">The server's port.</param>
    /// <param name="pass">Passes on what comes from either side, first the side that has connected, until one of them ends.</param>
    /// <param name="port">Where to listen; 0 for any port.</param>
    public static TcpProxy Start(int target, Func<NetworkStream, NetworkStream, Task> pass, int port = 0)
    {
        var proxy = new TcpProxy(port, target, pass);
        proxy._listener.Start();
        _ = proxy.AcceptAsync();
        return proxy;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target);
            near.NoDelay = far.NoDelay = true;
            await _pass(near.GetStream(), far.GetStream());
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }
}
