using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Cycles.Grains.History;

/// <summary>
/// A Bloom filter: says of a key that it was certainly never added, or that it may have been. With as many keys as it was made for, about one in ten thousand
/// that were not added "may" have been.
/// </summary>
/// <remarks>One writer; others may read at any time. What they may miss for a moment is a key that is just being added.</remarks>
internal sealed class IdFilter
{
    /// <summary>The bits for each key.</summary>
    public const int BitsPerKey = 20;

    private const int Probes = 10;
    private const ulong Step = 0x9E3779B97F4A7C15;

    private readonly ulong[] _words;

    /// <param name="keys">For how many keys, at least 1.</param>
    public IdFilter(int keys) => _words = new ulong[((keys * BitsPerKey) + 63) / 64];

    private IdFilter(ulong[] words) => _words = words;

    /// <summary>The filter that <see cref="ToBytes"/> has written.</summary>
    public static IdFilter Parse(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Cast<byte, ulong>(bytes).ToArray());

    /// <summary>
    /// The key of a reservation's id: the first half of its hash, so that the order of keys is that of ids. Anything else is hashed.
    /// </summary>
    public static ulong KeyOf(ReadOnlySpan<char> id) =>
        id.Length > IdDigits && ulong.TryParse(id[^IdDigits..][..KeyDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
            ? key
            : XxHash64.HashToUInt64(MemoryMarshal.AsBytes(id));

    /// <summary>The filter as bytes.</summary>
    public byte[] ToBytes() => MemoryMarshal.AsBytes(_words.AsSpan()).ToArray();

    public void Add(ulong key)
    {
        for (var probe = 0; probe < Probes; probe++, key = Next(key))
        {
            var bit = Bit(key);
            _words[bit >> 6] |= 1UL << (int)(bit & 63);
        }
    }

    public bool MayContain(ulong key)
    {
        for (var probe = 0; probe < Probes; probe++, key = Next(key))
        {
            var bit = Bit(key);
            if ((_words[bit >> 6] & (1UL << (int)(bit & 63))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private const int IdDigits = 32;
    private const int KeyDigits = 16;

    private static ulong Next(ulong key) => ulong.RotateLeft(key * Step, 29);

    private ulong Bit(ulong key) => Math.BigMul(key, (ulong)_words.Length * 64, out _);
}
