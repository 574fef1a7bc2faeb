using System.Buffers.Binary;
using System.IO.Compression;

namespace Cycles.Grains.History;

/// <summary>
/// Records of one batch, compressed together: their members have the same names, and most of their values are alike. Each is the JSON that stood under its own
/// key before.
/// </summary>
internal static class RecordPage
{
    // Better ones make a page a tenth smaller, and take two or more times as long.
    private const int Quality = 1;
    private const int Window = 18;

    /// <summary>The page of these records.</summary>
    public static byte[] Write(IReadOnlyList<byte[]> records)
    {
        var plain = new byte[records.Sum(record => 4 + record.Length)];
        var at = 0;
        foreach (var record in records)
        {
            BinaryPrimitives.WriteInt32LittleEndian(plain.AsSpan(at), record.Length);
            record.CopyTo(plain, at + 4);
            at += 4 + record.Length;
        }

        return Compressed.Write(plain, Quality, Window);
    }

    /// <summary>Goes through the records of a page, from the first to the one at <paramref name="last"/>.</summary>
    /// <exception cref="EndOfStreamException">The page has not so many.</exception>
    public static void Read(byte[] page, int last, SlotReader read)
    {
        using var stream = new BrotliStream(new MemoryStream(page), CompressionMode.Decompress);
        Span<byte> length = stackalloc byte[4];
        var record = Array.Empty<byte>();
        for (var slot = 0; slot <= last; slot++)
        {
            stream.ReadExactly(length);
            var bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
            record = record.Length < bytes ? new byte[bytes] : record;
            stream.ReadExactly(record, 0, bytes);
            read(slot, record.AsSpan(0, bytes));
        }
    }

    /// <summary>Gets a record, which is valid only as long as it runs.</summary>
    internal delegate void SlotReader(int slot, ReadOnlySpan<byte> record);
}
