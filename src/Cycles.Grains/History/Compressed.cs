using System.IO.Compression;

namespace Cycles.Grains.History;

/// <summary>Bytes as they stand compressed in the store.</summary>
internal static class Compressed
{
    /// <summary>Compresses.</summary>
    /// <param name="plain">What.</param>
    /// <param name="quality">Brotli's quality, 0 to 11.</param>
    /// <param name="window">Over how much Brotli looks for what comes again, as a power of two, 10 to 24.</param>
    public static byte[] Write(ReadOnlySpan<byte> plain, int quality, int window)
    {
        var buffer = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        return BrotliEncoder.TryCompress(plain, buffer, out var written, quality, window)
            ? buffer[..written]
            : throw new InvalidOperationException("what fits into the longest result does not fit");
    }

    /// <summary>What was compressed.</summary>
    public static byte[] Read(byte[] compressed)
    {
        using var stream = new BrotliStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var plain = new MemoryStream(4 * compressed.Length);
        stream.CopyTo(plain);
        return plain.ToArray();
    }
}
