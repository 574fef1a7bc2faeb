using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Cycles.Grains.Ledger;

/// <summary>
/// A growing Bloom filter of the ids that a tenant has used. It answers "certainly new" from memory, so that a first request reads
/// nothing from the store and a denied one costs no I/O at all. A wrong "may exist" (about 1 in 100) costs one read.
/// </summary>
/// <remarks>One writer; others may read at any time. What they may miss for a moment is an id that is in flight.</remarks>
internal sealed class SeenIds
{
    private const int IdsInFirstBlock = 1024;
    private const int MostIdsInBlock = 65_536;
    private const int BitsPerId = 12;
    private const int Probes = 6;

    private volatile ulong[][] _blocks = [];
    private volatile bool _isFull;
    private int _ids;
    private int _roomInLastBlock;

    /// <summary>The most ids that a filter takes; beyond, every id counts as one that may exist.</summary>
    public const int Capacity = 4 * 1024 * 1024;

    /// <summary>Gives up knowing: from now on every id may exist.</summary>
    public void GiveUp()
    {
        // In this order: a reader that finds no blocks looks next whether that means anything.
        _isFull = true;
        _blocks = [];
    }

    public void Add(string id)
    {
        if (_isFull)
        {
            return;
        }

        if (_roomInLastBlock == 0)
        {
            if (_ids >= Capacity)
            {
                GiveUp();
                return;
            }

            _roomInLastBlock = Math.Clamp(_ids, IdsInFirstBlock, MostIdsInBlock);
            _blocks = [.. _blocks, new ulong[_roomInLastBlock * BitsPerId / 64]];
        }

        var hash = Hash(id);
        var block = _blocks[^1];
        for (var probe = 0; probe < Probes; probe++)
        {
            var bit = Bit(hash, probe, block);
            block[bit >> 6] |= 1UL << (int)(bit & 63);
        }

        _ids++;
        _roomInLastBlock--;
    }

    public bool MayContain(string id)
    {
        var hash = Hash(id);
        foreach (var block in _blocks)
        {
            var all = true;
            for (var probe = 0; all && probe < Probes; probe++)
            {
                var bit = Bit(hash, probe, block);
                all = (block[bit >> 6] & (1UL << (int)(bit & 63))) != 0;
            }

            if (all)
            {
                return true;
            }
        }

        return _isFull;
    }

    private static UInt128 Hash(string id) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(id.AsSpan()));

    private static uint Bit(UInt128 hash, int probe, ulong[] block) =>
        (uint)(((ulong)hash + ((ulong)probe * (ulong)(hash >> 64))) % ((ulong)block.Length * 64));
}
