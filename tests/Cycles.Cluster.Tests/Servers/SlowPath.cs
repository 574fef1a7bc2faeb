using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>A network path that delivers everything, in order, but late: each piece after <see cref="Delay"/> and up to as much again.</summary>
internal sealed class SlowPath
{
    // What may be under way in one direction, in pieces of at most 16 KB; then the sender waits, as with a full window.
    private const int MostPieces = 1024;

    /// <summary>The shortest delay in one direction; zero at first.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Passes on what comes from either side, until one of them ends.</summary>
    public Task PassAsync(NetworkStream near, NetworkStream far) => Task.WhenAll(DelayAsync(near, far), DelayAsync(far, near));

    private async Task DelayAsync(NetworkStream from, NetworkStream to)
    {
        var pieces = Channel.CreateBounded<(long Due, byte[] Bytes)>(MostPieces);
        var delivery = DeliverAsync(pieces.Reader, to);
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var count)
            {
                var wait = Delay * (1 + Random.Shared.NextDouble());
                await pieces.Writer.WriteAsync((Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency), buffer[..count]));
            }
        }
        finally
        {
            pieces.Writer.Complete();
            await delivery;

            // The other side learns that this one has ended, and ends in its own time.
            to.Socket.Shutdown(SocketShutdown.Send);
        }
    }

    private static async Task DeliverAsync(ChannelReader<(long Due, byte[] Bytes)> pieces, NetworkStream to)
    {
        await foreach (var (due, bytes) in pieces.ReadAllAsync())
        {
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } left)
            {
                await Task.Delay(left);
            }

            await to.WriteAsync(bytes);
        }
    }
}
