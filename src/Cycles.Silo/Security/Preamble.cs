using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Orleans.Serialization.Buffers;

namespace Cycles.Silo.Security;

/// <summary>
/// What a client of Orleans sends first: the id under which it wants its answers. Orleans sends them to the last one that connected under an
/// id, and a silo has one too, of the gateway in its process. So a client may only come under an id as each new one makes for itself.
/// </summary>
/// <remarks>
/// Nothing but the id and the name of the cluster differs between clients, so all other bytes must be those that Orleans 10 writes: what is
/// read here is then what Orleans reads. An id is a random GUID (122 bits) that no agent is told, so that no agent can name that of another
/// client, as a gateway in another process. An observer of the traffic of a cluster without TLS can.
/// </remarks>
internal static class Preamble
{
    private const int KeyLength = 32;

    /// <summary>Version 1 of the protocol, and the id's type with its hash, up to the hash of the id's key.</summary>
    private static ReadOnlySpan<byte> BeforeHash =>
    [
        0x20, 0x08, 0x15, 0x03, 0x21, 0x20, 0x20, 0x60, 0x6A, 0xFE, 0x65, 0xC7, 0x41, 0x15,
        (byte)'s', (byte)'y', (byte)'s', (byte)'.', (byte)'c', (byte)'l', (byte)'i', (byte)'e', (byte)'n', (byte)'t',
        0xE0, 0xE0, 0x21, 0x60,
    ];

    /// <summary>The length of the key.</summary>
    private static ReadOnlySpan<byte> BeforeKey => [0x41, 0x41];

    /// <summary>No silo's address; the name of the cluster follows.</summary>
    private static ReadOnlySpan<byte> AfterKey => [0xE0, 0xE0, 0xC1, 0x01, 0x41];

    private static ReadOnlySpan<byte> End => [0xE0];

    /// <summary>Reads the key of the client's id.</summary>
    /// <exception cref="ConnectionAbortedException">It is not the preamble of a new client.</exception>
    public static byte[] ReadKey(ReadOnlySpan<byte> preamble)
    {
        var reader = Reader.Create(preamble, null!);
        Demand(ref reader, BeforeHash);
        var hash = reader.ReadInt32();
        Demand(ref reader, BeforeKey);
        var key = Read(ref reader, KeyLength);
        if (!IsGuid(key) || IdSpan.Create(Encoding.ASCII.GetString(key)).GetHashCode() != hash)
        {
            throw Refusal();
        }

        Demand(ref reader, AfterKey);
        Read(ref reader, (int)reader.ReadVarUInt32());
        Demand(ref reader, End);
        return reader.Position == preamble.Length ? key.ToArray() : throw Refusal();
    }

    private static bool IsGuid(ReadOnlySpan<byte> key) =>
        Utf8Parser.TryParse(key, out Guid _, out var read, 'N') && read == KeyLength && !key.ContainsAnyInRange((byte)'A', (byte)'F');

    private static void Demand(ref Reader<SpanReaderInput> reader, ReadOnlySpan<byte> expected)
    {
        if (!Read(ref reader, expected.Length).SequenceEqual(expected))
        {
            throw Refusal();
        }
    }

    private static ReadOnlySpan<byte> Read(ref Reader<SpanReaderInput> reader, int length) =>
        length >= 0 && reader.TryReadBytes(length, out var bytes) ? bytes : throw Refusal();

    private static ConnectionAbortedException Refusal() => new("it connects under an id that is not one of a new client");
}
