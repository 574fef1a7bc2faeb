using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Cycles.Contracts.Security;
using Cycles.Grains.Security;
using Cycles.Silo.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization.Buffers;

namespace Cycles.Cluster.Tests.Security;

/// <summary>What the header of a message from a client may say. That real clients' messages pass is shown by the tests with processes.</summary>
public sealed class MessageGuardTests
{
    private const uint Request = 1 << 16;
    private const uint Response = 2 << 16;
    private const uint OneWay = 3 << 16;

    private const string Client = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
    private const string OtherClient = "1a1b2c3d4e5f60718293a4b5c6d7e8f9";

    private static readonly SiloAddress Gateway = SiloAddress.New(IPAddress.Parse("10.0.0.1"), 30000, 0);

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
    [InlineData(Request, "sys.client", Client, true)]
    [InlineData(OneWay, "sys.client", Client, true)]
    [InlineData(Response, "sys.client", Client, false)]
    [InlineData(0u, "sys.client", Client, false)]
    [InlineData(Request, "tenant", "acme", false)]
    [InlineData(Request, "tenant", Client, false)]
    [InlineData(Request, "sys.clientele", Client, false)]
    [InlineData(Request, "sys.client", OtherClient, false)]
    [InlineData(Request, "sys.client", Client + "+1", false)]
    [InlineData(Request, "sys.client", "", false)]
    [InlineData(Request, "sys.svc.manifest", "x", false)]
    [InlineData(Request, "", "", false)]
    [InlineData(Request, "sys.client", "hosted-10.0.0.1:11111@1", false)]
    public void A_client_speaks_for_itself_and_only_asks(uint flags, string sender, string key, bool passes)
    {
        Assert.Equal(passes, Passes(Header(flags, sender, key), isProved: false));
        Assert.Equal(passes, Passes(Header(flags, sender, key), isProved: true));
    }

    [Theory]
    [InlineData("sys.client", Client, true)]
    [InlineData("sys.client", "hosted-10.0.0.1:11111@1", false)]
    [InlineData("sys.client", "hosted-10.0.0.1:11111@123456789", false)]
    [InlineData("sys.client", Client + "+1", false)]
    [InlineData("sys.client", "0A1B2C3D4E5F60718293A4B5C6D7E8F9", false)]
    [InlineData("sys.client", "0a1b2c3d4e5f60718293a4b5c6d7e8f", false)]
    [InlineData("sys.client", "0a1b2c3d4e5f60718293a4b5c6d7e8+9", false)]
    [InlineData("sys.clienz", Client, false)]
    [InlineData("sys.client+", Client, false)]
    [InlineData("tenant", "acme", false)]
    public void A_client_connects_under_an_id_as_new_clients_have(string type, string key, bool passes)
    {
        Assert.Equal(passes, Connects(Preambles.Of(key, type), isProved: false));
        Assert.Equal(passes, Connects(Preambles.Of(key, type), isProved: true));
    }

    [Fact]
    public void A_preamble_that_differs_in_anything_but_the_id_and_the_cluster_from_that_of_a_client_is_refused()
    {
        var right = Preambles.Of(Client);
        Assert.True(Connects(right, isProved: false));
        Assert.False(Connects(Preambles.Of(Client, silo: Gateway), isProved: false));
        Assert.False(Connects([], isProved: false));
        Assert.False(Connects([.. right, 0], isProved: false));
        Assert.False(Connects([.. right, .. right], isProved: false));
        var cluster = right.AsSpan().IndexOf("cycles"u8);
        for (var i = 0; i < right.Length; i++)
        {
            Assert.False(Connects(right[..i], isProved: false), $"the first {i} bytes");
            var other = right.ToArray();
            other[i] ^= 0x80;
            Assert.Equal(i >= cluster && i < cluster + 6, Connects(other, isProved: false));
        }
    }

    [Fact]
    public void Without_a_preamble_no_message_passes() => Assert.Throws<ConnectionAbortedException>(
        () => new MessageGuard(Access, Gateway, isProved: true).Check(Header(Request, key: string.Empty), 100));

    [Theory]
    [InlineData("10.0.0.1", 30000, 0, true)]
    [InlineData("10.0.0.1", 30000, 7, true)]
    [InlineData("127.0.0.1", 30000, 0, true)]
    [InlineData("127.0.0.1", 30000, 7, false)]
    [InlineData("127.0.0.2", 30000, -1, false)]
    [InlineData("10.0.0.66", 30000, 0, false)]
    [InlineData("10.0.0.1", 11111, 0, false)]
    public void A_silo_is_not_sent_to_an_address_that_a_client_has_made_up(string address, int port, int generation, bool passes) => Assert.Equal(
        passes, Passes(Header(Request, target: "sys.svc.manifest", silo: SiloAddress.New(IPAddress.Parse(address), port, generation)), isProved: false));

    /// <summary>The guard lets a client name any generation at the gateway's own address, as Orleans answers all of them itself. That rests on this.</summary>
    [Fact]
    public void The_address_at_which_a_silo_takes_clients_has_no_generation()
    {
        using var host = new HostBuilder().UseOrleans(silo => silo.UseLocalhostClustering()).Build();
        Assert.Equal(0, host.Services.GetRequiredService<ILocalSiloDetails>().GatewayAddress.Generation);
    }

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
        var preamble = Preambles.Framed(Preambles.Of(Client));
        var start = preamble.Length;
        byte[] all = [.. preamble, .. right, .. right, .. Frame(Header(Request, target: "tenant"), 10)];
        int[] ends = [0, start, start + right.Length, start + (2 * right.Length), all.Length];
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
            Assert.True(piece <= 64 ? read.Count == start + (2 * right.Length) : read.Count < all.Length, $"{read.Count} bytes could be read");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task However_the_bytes_arrive_nothing_of_a_wrong_preamble_can_be_read(int piece)
    {
        var all = Preambles.Framed(Preambles.Of("hosted-10.0.0.1:11111@1"));
        var pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var reasons = new List<string>();
        var reader = new GuardedReader(pipe.Reader, new MessageGuard(Access, Gateway, isProved: false), reasons.Add);
        var read = new List<byte>();
        for (var at = 0; at < all.Length; at += piece)
        {
            await pipe.Writer.WriteAsync(all.AsMemory(at, Math.Min(piece, all.Length - at)));
            var end = Record.Exception(() => Read(reader, read, [0, all.Length]));
            Assert.Equal(at + piece >= all.Length, end is ConnectionAbortedException);
        }

        Assert.Empty(read);
        Assert.Contains("an id", Assert.Single(reasons));
    }

    /// <summary>Takes the messages that are complete, as Orleans does.</summary>
    private static void Read(PipeReader reader, List<byte> read, int[] ends)
    {
        Assert.True(reader.TryRead(out var result));
        var taken = result.Buffer.Slice(0, ends.Last(end => end <= read.Count + result.Buffer.Length) - read.Count);
        read.AddRange(taken.ToArray());
        reader.AdvanceTo(taken.End, result.Buffer.End);
    }

    private static bool Passes(byte[] header, bool isProved, long length = 100)
    {
        var guard = new MessageGuard(Access, Gateway, isProved);
        guard.CheckPreamble(Preambles.Of(Client));
        return Record.Exception(() => guard.Check(header, length)) is null;
    }

    private static bool Connects(byte[] preamble, bool isProved) =>
        Record.Exception(() => new MessageGuard(Access, Gateway, isProved).CheckPreamble(preamble)) is null;

    private static byte[] Frame(byte[] header, int body)
    {
        var frame = new byte[8 + header.Length + body];
        BinaryPrimitives.WriteInt32LittleEndian(frame, header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), body);
        header.CopyTo(frame, 8);
        return frame;
    }

    private static byte[] Header(uint flags, string sender = "sys.client", string key = Client, string target = "agent", SiloAddress? silo = null)
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

    private static void WriteSilo(ref Writer<ArrayBufferWriter<byte>> writer, SiloAddress silo)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var inner = Writer.Create(buffer, null!);
        inner.WriteInt32(4711);
        inner.WriteVarUInt32(4);
        inner.Write(silo.Endpoint.Address.GetAddressBytes());
        inner.WriteVarUInt32((uint)silo.Endpoint.Port);
        inner.WriteInt32(silo.Generation);
        inner.Commit();
        writer.WriteVarUInt32((uint)buffer.WrittenCount);
        writer.Write(buffer.WrittenSpan);
    }
}
