using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cycles.Grains.Runs;

/// <summary>
/// A Bloom filter: says of a key that it was certainly never added, or that it may have been. With as many keys as it was made for, about one in thirty thousand
/// that were not added "may" have been. All bits of a key are in one block that one load reads, so a tenant's many filters are asked in less than a microsecond.
/// </summary>
/// <remarks>One writer; others may read at any time. What they may miss for a moment is a key that is just being added.</remarks>
internal sealed class IdFilter
{
    /// <summary>The words of a block.</summary>
    public const int BlockWords = BlockBits / 32;

    private const int BitsPerKey = 32;
    private const int BlockBits = 256;
    private const int IdDigits = 32;
    private const int KeyDigits = 16;

    private readonly uint[] _words;

    /// <param name="keys">For how many keys, at least 1.</param>
    public IdFilter(int keys) => _words = new uint[((keys * BitsPerKey) + BlockBits - 1) / BlockBits * BlockWords];

    private IdFilter(uint[] words) => _words = words;

    /// <summary>Its blocks.</summary>
    public uint Blocks => (uint)_words.Length / BlockWords;

    /// <summary>The filter that <see cref="ToBytes"/> has written.</summary>
    public static IdFilter Parse(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Cast<byte, uint>(bytes).ToArray());

    /// <summary>
    /// The key of a reservation's id: the first half of its hash, so that the order of keys is that of ids. Anything else is hashed.
    /// </summary>
    public static ulong KeyOf(ReadOnlySpan<char> id) =>
        id.Length > IdDigits && ulong.TryParse(id[^IdDigits..][..KeyDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
            ? key
            : XxHash64.HashToUInt64(MemoryMarshal.AsBytes(id));

    /// <summary>One of its blocks.</summary>
    public ReadOnlySpan<uint> BlockAt(int block) => _words.AsSpan(block * BlockWords, BlockWords);

    /// <summary>The filter as bytes.</summary>
    public byte[] ToBytes() => MemoryMarshal.AsBytes(_words.AsSpan()).ToArray();

    public void Add(ulong key)
    {
        var probe = new Probe(key);
        var block = _words.AsSpan(probe.BlockOf(Blocks) * BlockWords, BlockWords);
        (Vector256.Create<uint>(block) | probe.Bits).CopyTo(block);
    }

    public bool MayContain(ulong key) => MayContain(new Probe(key));

    public bool MayContain(in Probe probe)
    {
        var block = Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_words), (nuint)(probe.BlockOf(Blocks) * BlockWords));
        return Vector256.AndNot(probe.Bits, block) == Vector256<uint>.Zero;
    }

    /// <summary>A key, prepared for asking many filters.</summary>
    public readonly struct Probe
    {
        // Odd, and otherwise arbitrary: each takes another five bits out of the key.
        private static readonly Vector256<uint> Factors = Vector256.Create(
            0x9E3779B1u, 0x85EBCA77u, 0xC2B2AE3Du, 0x27D4EB2Fu, 0x165667B1u, 0xD3A2646Du, 0xFD7046C5u, 0xB55A4F09u);

        private readonly uint _upper;

        public Probe(ulong key)
        {
            _upper = (uint)(key >> 32);
            var places = Vector256.ShiftRightLogical(Vector256.Create((uint)key) * Factors, 27);
            Bits = Vector256.Create(
                1u << (int)places[0],
                1u << (int)places[1],
                1u << (int)places[2],
                1u << (int)places[3],
                1u << (int)places[4],
                1u << (int)places[5],
                1u << (int)places[6],
                1u << (int)places[7]);
        }

        /// <summary>The bits of its block that it sets.</summary>
        public Vector256<uint> Bits { get; }

        /// <summary>Its block among so many.</summary>
        public int BlockOf(uint blocks) => (int)(((ulong)_upper * blocks) >> 32);
    }
}
