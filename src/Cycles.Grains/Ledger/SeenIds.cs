using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Cycles.Grains.Ledger;

/// <summary>
/// A growing Bloom filter of the ids that a tenant has used. It answers "certainly new" from memory, so that a first request reads
/// nothing from the store and a denied one costs no I/O at all. A wrong "may exist" (about 1 in 100) costs one read.
/// </summary>
internal sealed class SeenIds
{
    private const int IdsPerBlock = 65_536;
    private const int BitsPerId = 12;
    private const int Probes = 6;
    private const int BlockBits = IdsPerBlock * BitsPerId;

    private readonly List<ulong[]> _blocks = [];
    private int _inLastBlock = IdsPerBlock;

    /// <summary>The most ids that a filter takes; beyond, every id counts as one that may exist.</summary>
    public const int Capacity = 4 * 1024 * 1024;

    /// <summary>Whether the filter was left for full.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Gives up knowing: from now on every id may exist.</summary>
    public void GiveUp()
    {
        IsFull = true;
        _blocks.Clear();
    }

    public void Add(string id)
    {
        if (_inLastBlock == IdsPerBlock)
        {
            if (_blocks.Count * IdsPerBlock >= Capacity)
            {
                GiveUp();
            }

            if (IsFull)
            {
                return;
            }

            _blocks.Add(new ulong[BlockBits / 64]);
            _inLastBlock = 0;
        }

        var hash = Hash(id);
        var block = _blocks[^1];
        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = Bit(hash, probe);
            block[bit >> 6] |= 1UL << (int)(bit & 63);
        }

        _inLastBlock++;
    }

    public bool MayContain(string id)
    {
        if (IsFull)
        {
            return true;
        }

        var hash = Hash(id);
        foreach (var block in _blocks)
        {
            var all = true;
            for (var probe = 0; all && probe < Probes; probe++)
            {
                var bit = Bit(hash, probe);
                all = (block[bit >> 6] & (1UL << (int)(bit & 63))) != 0;
            }

            if (all)
            {
                return true;
            }
        }

        return false;
    }

    private static UInt128 Hash(string id) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(id.AsSpan()));

    private static uint Bit(UInt128 hash, int probe) =>
        (uint)(((ulong)hash + ((ulong)probe * (ulong)(hash >> 64))) % BlockBits);
}
