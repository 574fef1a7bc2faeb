using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Cycles.Grains.Security;
using Cycles.Silo.Security;
using Microsoft.AspNetCore.Connections;
using Orleans.Serialization.Buffers;

namespace Cycles.Cluster.Tests.Security;

/// <summary>What the header of a message from a client may say. That real clients' messages pass is shown by the tests with processes.</summary>
public sealed class MessageGuardTests
{
    private const uint Request = 1 << 16;
    private const uint Response = 2 << 16;
    private const uint OneWay = 3 << 16;

    private static readonly IPEndPoint Gateway = new(IPAddress.Parse("10.0.0.1"), 30000);

    private static readonly GrainAccess Access = new(
    [
        (GrainType.Create("agent"), ClientAccess.Agents),
        (GrainType.Create("tenant"), ClientAccess.Gateways),
        (GrainType.Create("ledger"), ClientAccess.None),
    ]);

    [Theory]
    [InlineData("agent", false, true)]
    [InlineData("tenant", false, false)]
    [InlineData("ledger", false, false)]
    [InlineData("management", false, false)]
    [InlineData("sys.svc.clustering.membership", false, false)]
    [InlineData("sys.client", false, false)]
    [InlineData("agent", true, true)]
    [InlineData("tenant", true, true)]
    [InlineData("ledger", true, false)]
    [InlineData("management", true, false)]
    [InlineData("agen", true, false)]
    [InlineData("", true, false)]
    public void A_client_calls_only_what_is_open_to_it(string target, bool isProved, bool passes) =>
        Assert.Equal(passes, Passes(Header(Request, target: target), isProved));

    [Theory]
    [InlineData(Request, "sys.client", "7b1f", true)]
    [InlineData(OneWay, "sys.client", "7b1f", true)]
    [InlineData(Response, "sys.client", "7b1f", false)]
    [InlineData(0u, "sys.client", "7b1f", false)]
    [InlineData(Request, "tenant", "acme", false)]
    [InlineData(Request, "sys.clientele", "7b1f", false)]
    [InlineData(Request, "sys.svc.manifest", "x", false)]
    [InlineData(Request, "", "", false)]
    [InlineData(Request, "sys.client", "hosted-10.0.0.1:11111@1", false)]
    public void A_client_speaks_for_itself_and_only_asks(uint flags, string sender, string key, bool passes)
    {
        Assert.Equal(passes, Passes(Header(flags, sender, key), isProved: false));
        Assert.Equal(passes, Passes(Header(flags, sender, key), isProved: true));
    }

    [Theory]
    [InlineData("10.0.0.1", 30000, true)]
    [InlineData("127.0.0.1", 30000, true)]
    [InlineData("10.0.0.66", 30000, false)]
    [InlineData("10.0.0.1", 11111, false)]
    public void A_silo_is_not_sent_to_an_address_that_a_client_has_made_up(string address, int port, bool passes) => Assert.Equal(
        passes, Passes(Header(Request, target: "sys.svc.manifest", silo: new IPEndPoint(IPAddress.Parse(address), port)), isProved: false));

    [Fact]
    public void A_client_without_proof_sends_no_long_messages_and_no_corrections_of_the_directory()
    {
        Assert.True(Passes(Header(Request), isProved: false, length: MessageGuard.MaxUnprovedLength));
        Assert.False(Passes(Header(Request), isProved: false, length: MessageGuard.MaxUnprovedLength + 1));
        Assert.True(Passes(Header(Request), isProved: true, length: MessageGuard.MaxUnprovedLength + 1));
        Assert.False(Passes(Header(Request | (1 << 7)), isProved: false));
    }

    [Fact]
    public async Task However_the_bytes_arrive_each_message_is_looked_at_before_it_can_be_read()
    {
        var right = Frame(Header(Request), 300);
        byte[] all = [8, 0, 0, 0, .. new byte[8], .. right, .. right, .. Frame(Header(Request, target: "tenant"), 10)];
        int[] ends = [0, 12, 12 + right.Length, 12 + (2 * right.Length), all.Length];
        foreach (var piece in new[] { 1, 3, 7, 64, 500, all.Length })
        {
            var pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
            var reasons = new List<string>();
            var reader = new GuardedReader(pipe.Reader, new MessageGuard(Access, Gateway, isProved: false), reasons.Add);
            var read = new List<byte>();
            Exception? end = null;
            for (var at = 0; at < all.Length && end is null; at += piece)
            {
                await pipe.Writer.WriteAsync(all.AsMemory(at, Math.Min(piece, all.Length - at)));
                end = Record.Exception(() => Read(reader, read, ends));
            }

            Assert.IsType<ConnectionAbortedException>(end);
            Assert.Contains("tenant", Assert.Single(reasons));
            Assert.True(all.AsSpan().StartsWith(read.ToArray()));
            Assert.True(piece <= 64 ? read.Count == 12 + (2 * right.Length) : read.Count < all.Length, $"{read.Count} bytes could be read");
        }
    }

    /// <summary>Takes the messages that are complete, as Orleans does.</summary>
    private static void Read(PipeReader reader, List<byte> read, int[] ends)
    {
        Assert.True(reader.TryRead(out var result));
        var taken = result.Buffer.Slice(0, ends.Last(end => end <= read.Count + result.Buffer.Length) - read.Count);
        read.AddRange(taken.ToArray());
        reader.AdvanceTo(taken.End, result.Buffer.End);
    }

    private static bool Passes(byte[] header, bool isProved, long length = 100) =>
        Record.Exception(() => new MessageGuard(Access, Gateway, isProved).Check(header, length)) is null;

    private static byte[] Frame(byte[] header, int body)
    {
        var frame = new byte[8 + header.Length + body];
        BinaryPrimitives.WriteInt32LittleEndian(frame, header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), body);
        header.CopyTo(frame, 8);
        return frame;
    }

    private static byte[] Header(uint flags, string sender = "sys.client", string key = "7b1f", string target = "agent", IPEndPoint? silo = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = Writer.Create(buffer, null!);
        writer.WriteUInt32(flags);
        writer.WriteInt64(17);
        foreach (var id in new[] { sender, key, target, "0" })
        {
            writer.WriteVarUInt32((uint)id.Length);
            if (id.Length > 0)
            {
                writer.WriteInt32(4711);
                writer.Write(Encoding.UTF8.GetBytes(id));
            }
        }

        writer.WriteVarUInt32(0);
        WriteSilo(ref writer, silo ?? Gateway);
        writer.Commit();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSilo(ref Writer<ArrayBufferWriter<byte>> writer, IPEndPoint silo)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var inner = Writer.Create(buffer, null!);
        inner.WriteInt32(4711);
        inner.WriteVarUInt32(4);
        inner.Write(silo.Address.GetAddressBytes());
        inner.WriteVarUInt32((uint)silo.Port);
        inner.WriteInt32(0);
        inner.Commit();
        writer.WriteVarUInt32((uint)buffer.WrittenCount);
        writer.Write(buffer.WrittenSpan);
    }
}
