using System.Net.Sockets;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>
/// A way to Redis that can lose the answer to a transaction: Redis has done it, the connection breaks before anything comes back, and who sent it
/// cannot know.
/// </summary>
internal sealed class DoubtfulProxy : IDisposable
{
    private static readonly byte[] Exec = "$4\r\nEXEC\r\n"u8.ToArray();

    private readonly TcpProxy _proxy;
    private int _swallows;
    private int _swallowed;

    private DoubtfulProxy(int target) => _proxy = TcpProxy.Start(target, PassAsync);

    /// <summary>Where it listens, on the loopback address.</summary>
    public int Port => _proxy.Port;

    /// <summary>How many answers it has lost.</summary>
    public int Swallowed => Volatile.Read(ref _swallowed);

    /// <summary>What happens between an answer and its loss.</summary>
    public Action WhenSwallowed { get; set; } = () => { };

    public static DoubtfulProxy Start(int target) => new(target);

    /// <summary>Loses the answers to the next transactions.</summary>
    public void SwallowNext(int count = 1) => Interlocked.Add(ref _swallows, count);

    /// <summary>Loses no more answers.</summary>
    public void SwallowNone() => Volatile.Write(ref _swallows, 0);

    public void Dispose() => _proxy.Dispose();

    private Task PassAsync(NetworkStream near, NetworkStream far)
    {
        var loss = new Loss();
        return Task.WhenAny(SendAsync(near, far, loss), AnswerAsync(far, near, loss));
    }

    private async Task SendAsync(NetworkStream from, NetworkStream to, Loss loss)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            loss.IsWanted = buffer.AsSpan(0, count).IndexOf(Exec) >= 0 && TakeSwallow();
            await to.WriteAsync(buffer.AsMemory(0, count));
            if (loss.IsWanted)
            {
                await loss.Done.Task;
                Interlocked.Increment(ref _swallowed);
                WhenSwallowed();
                return;
            }
        }
    }

    private bool TakeSwallow()
    {
        for (var left = Volatile.Read(ref _swallows); left > 0; left = Volatile.Read(ref _swallows))
        {
            if (Interlocked.CompareExchange(ref _swallows, left - 1, left) == left)
            {
                return true;
            }
        }

        return false;
    }

    private static async Task AnswerAsync(NetworkStream from, NetworkStream to, Loss loss)
    {
        var buffer = new byte[64 * 1024];
        var lost = new List<byte>();
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            if (!loss.IsWanted)
            {
                await to.WriteAsync(buffer.AsMemory(0, count));
                continue;
            }

            // The commands of a transaction are answered +QUEUED, and the whole with an array.
            lost.AddRange(buffer.AsSpan(0, count));
            if (lost.ToArray().AsSpan().IndexOf("\r\n*"u8) >= 0)
            {
                loss.Done.TrySetResult();
                await Task.Delay(Timeout.Infinite);
            }
        }
    }

    /// <summary>Whether the next answer of a connection is lost, and when it has been.</summary>
    private sealed class Loss
    {
        public volatile bool IsWanted;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
