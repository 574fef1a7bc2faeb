using System.Net;
using Cycles.Contracts.Security;
using Cycles.Grains.Security;
using Microsoft.AspNetCore.Connections;
using Orleans.Serialization.Buffers;

namespace Cycles.Silo.Security;

/// <summary>
/// Decides from the header of a message whether a client may send it. Orleans believes what the header says, so what a client could gain by is
/// refused: to be a grain or another client, to answer in the place of a grain, to call a grain that is not for it.
/// </summary>
/// <param name="access">Which clients may call which grains.</param>
/// <param name="gateway">Where this silo takes clients; Orleans gives that address the generation 0, which stands for each.</param>
/// <param name="isProved">Whether the client has proved that it knows the cluster's secret.</param>
/// <remarks>
/// The layout is that of Orleans 10's message header: flags, id, sender, target, the sender's silo, the target's silo. What cannot be read
/// so is refused; tests hold it against the real client, so an Orleans with another layout is noticed when it is taken.
/// </remarks>
internal sealed class MessageGuard(GrainAccess access, SiloAddress gateway, bool isProved)
{
    /// <summary>The largest message of a client that has proved nothing, in bytes.</summary>
    public const int MaxUnprovedLength = 1024 * 1024;

    private const uint HasCacheInvalidation = 1 << 7;
    private const int DirectionShift = 16;
    private const uint DirectionMask = 0xF;
    private const uint Request = 1;
    private const uint OneWay = 3;

    /// <summary>The key of the id under which the client has connected.</summary>
    private byte[]? _client;

    private static ReadOnlySpan<byte> ClientType => "sys.client"u8;

    /// <summary>Checks what the client sends before its messages.</summary>
    /// <exception cref="ConnectionAbortedException">The client may not connect so.</exception>
    public void CheckPreamble(ReadOnlySpan<byte> preamble) => _client = Preamble.ReadKey(preamble);

    /// <summary>Checks a message; <see cref="CheckPreamble"/> comes before.</summary>
    /// <param name="header">The beginning of its header.</param>
    /// <param name="length">Its length in bytes, header and body.</param>
    /// <exception cref="ConnectionAbortedException">The client may not send it.</exception>
    public void Check(ReadOnlySpan<byte> header, long length)
    {
        // It holds primitive values only, which need no session.
        var reader = Reader.Create(header, null!);
        var flags = reader.ReadUInt32();
        reader.ReadInt64();
        var sender = ReadId(ref reader);
        var senderKey = ReadId(ref reader);
        var target = ReadId(ref reader);
        ReadId(ref reader);

        if (((flags >> DirectionShift) & DirectionMask) is not (Request or OneWay))
        {
            throw new ConnectionAbortedException("it sends what is not a request");
        }

        if (_client is null || !sender.SequenceEqual(ClientType) || !senderKey.SequenceEqual(_client))
        {
            throw new ConnectionAbortedException("it sends in the name of another");
        }

        if (!isProved && (length > MaxUnprovedLength || (flags & HasCacheInvalidation) != 0))
        {
            throw new ConnectionAbortedException("it sends more than a client without the cluster's secret may");
        }

        if (access.Of(target) is var needed && (needed == ClientAccess.None || (needed == ClientAccess.Gateways && !isProved)))
        {
            throw new ConnectionAbortedException($"it calls grains of the type '{System.Text.Encoding.UTF8.GetString(target)}'");
        }

        if (GrainAccess.IsManifest(target))
        {
            ReadBytes(ref reader, (int)reader.ReadVarUInt32());
            CheckSilo(ReadBytes(ref reader, (int)reader.ReadVarUInt32()));
        }
    }

    /// <summary>
    /// Orleans passes this kind of message on to the silo that it names, and would connect to an address that the client has made up. At the
    /// gateway's own address it takes every generation for itself, as after a restart; at loopback, where a client may reach it, only the same.
    /// </summary>
    private void CheckSilo(ReadOnlySpan<byte> silo)
    {
        var reader = Reader.Create(silo, null!);
        reader.ReadInt32();
        var address = new IPAddress(ReadBytes(ref reader, (int)reader.ReadVarUInt32()));
        var port = reader.ReadVarUInt32();
        var generation = reader.ReadInt32();
        var isThis = address.Equals(gateway.Endpoint.Address)
            ? gateway.Generation == 0 || generation == 0 || generation == gateway.Generation
            : IPAddress.IsLoopback(address) && generation == gateway.Generation;
        if (!isThis || port != gateway.Endpoint.Port)
        {
            throw new ConnectionAbortedException($"it names {address}:{port}@{generation} as this silo");
        }
    }

    private static ReadOnlySpan<byte> ReadId(ref Reader<SpanReaderInput> reader)
    {
        var length = (int)reader.ReadVarUInt32();
        if (length == 0)
        {
            return default;
        }

        reader.ReadInt32(); // Its hash.
        return ReadBytes(ref reader, length);
    }

    private static ReadOnlySpan<byte> ReadBytes(ref Reader<SpanReaderInput> reader, int length) =>
        length >= 0 && reader.TryReadBytes(length, out var bytes) ? bytes : throw new ConnectionAbortedException("its message cannot be read");
}
