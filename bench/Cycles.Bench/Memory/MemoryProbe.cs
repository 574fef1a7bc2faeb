using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Cycles.Bench.Processes;

namespace Cycles.Bench.Memory;

/// <summary>Reads the memory of a server that was started with the <see cref="StartupHook"/>.</summary>
internal sealed class MemoryProbe(string socket, ChildProcess server)
{
    public async Task<MemoryReading> ReadAsync(CancellationToken cancellation)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
        using var reader = new StreamReader(new NetworkStream(connection), Encoding.ASCII);
        var numbers = (await reader.ReadToEndAsync(cancellation)).Split(' ');
        var (managed, pinned) = (Parse(numbers[0]), Parse(numbers[1]));
        return new MemoryReading(managed - pinned, pinned, server.ResidentBytes);

        static long Parse(string number) => long.Parse(number, CultureInfo.InvariantCulture);
    }
}
