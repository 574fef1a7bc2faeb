using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;

namespace Cycles.Silo.Security;

/// <summary>
/// What silos and gateways say to each other before Orleans begins: both prove, over random numbers of both, that they know the cluster's
/// secret, which itself is never sent. It does not encrypt what follows; TLS does.
/// </summary>
/// <remarks>
/// The one that connects: hello, its number. The other: its number. The first: its proof. The other: its proof. A client of Orleans without
/// it begins with the length of a short message, which the hello cannot be taken for.
/// </remarks>
internal static class Handshake
{
    private const int NumberLength = 32;
    private const int ProofLength = HMACSHA256.HashSizeInBytes;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static ReadOnlySpan<byte> Hello => "CYCLES\u0000\u0001"u8;

    private static ReadOnlySpan<byte> Connecting => "connecting"u8;

    private static ReadOnlySpan<byte> Accepting => "accepting"u8;

    /// <summary>Proves to the other side that this process knows the secret, and demands the same.</summary>
    /// <exception cref="ConnectionAbortedException">The other side has not proved it.</exception>
    public static async Task ConnectAsync(IDuplexPipe transport, ClusterSecret secret)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var own = RandomNumberGenerator.GetBytes(NumberLength);
        var value = await secret.GetAsync();
        await transport.Output.WriteAsync((byte[])[.. Hello, .. own], timeout.Token);
        var other = await ReadAsync(transport.Input, NumberLength, timeout.Token);
        await transport.Output.WriteAsync(Prove(value, Connecting, own, other), timeout.Token);
        var proof = await ReadAsync(transport.Input, ProofLength, timeout.Token);
        if (!CryptographicOperations.FixedTimeEquals(proof, Prove(value, Accepting, own, other)))
        {
            // For the next attempt.
            await secret.RefreshAsync();
            throw new ConnectionAbortedException("the silo does not know the cluster's secret");
        }
    }

    /// <summary>Looks whether the side that connects begins with a hello, and if so, demands its proof.</summary>
    /// <returns>False when it does not begin with a hello; nothing of what it sent is consumed then.</returns>
    /// <exception cref="ConnectionAbortedException">Its proof is wrong.</exception>
    /// <exception cref="ConnectionResetException">It has gone.</exception>
    public static async Task<bool> AcceptAsync(IDuplexPipe transport, ClusterSecret secret)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var start = await transport.Input.ReadAtLeastAsync(Hello.Length, timeout.Token);
        if (!IsHello(start))
        {
            transport.Input.AdvanceTo(start.Buffer.Start);
            return false;
        }

        transport.Input.AdvanceTo(start.Buffer.GetPosition(Hello.Length));
        var other = await ReadAsync(transport.Input, NumberLength, timeout.Token);
        var own = RandomNumberGenerator.GetBytes(NumberLength);
        await transport.Output.WriteAsync(own, timeout.Token);
        var proof = await ReadAsync(transport.Input, ProofLength, timeout.Token);
        var value = await secret.GetAsync();
        if (!IsProof(proof, value, other, own))
        {
            value = await secret.RefreshAsync();
            if (!IsProof(proof, value, other, own))
            {
                throw new ConnectionAbortedException("it does not know the cluster's secret");
            }
        }

        await transport.Output.WriteAsync(Prove(value, Accepting, other, own), timeout.Token);
        return true;
    }

    private static bool IsHello(ReadResult start)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (start.Buffer.Length < bytes.Length)
        {
            // As one who only looks whether the port is open.
            throw new ConnectionResetException("the connection ended before it began");
        }

        start.Buffer.Slice(0, bytes.Length).CopyTo(bytes);
        return bytes.SequenceEqual(Hello);
    }

    private static bool IsProof(byte[] proof, byte[] secret, byte[] connecting, byte[] accepting) =>
        CryptographicOperations.FixedTimeEquals(proof, Prove(secret, Connecting, connecting, accepting));

    private static byte[] Prove(byte[] secret, ReadOnlySpan<byte> role, byte[] connecting, byte[] accepting) =>
        HMACSHA256.HashData(secret, (byte[])[.. role, .. connecting, .. accepting]);

    private static async ValueTask<byte[]> ReadAsync(PipeReader reader, int length, CancellationToken cancellationToken)
    {
        var result = await reader.ReadAtLeastAsync(length, cancellationToken);
        if (result.Buffer.Length < length)
        {
            throw new ConnectionResetException("the connection ended in the middle of the proof");
        }

        var bytes = new byte[length];
        result.Buffer.Slice(0, length).CopyTo(bytes);
        reader.AdvanceTo(result.Buffer.GetPosition(length));
        return bytes;
    }
}
