using System.Buffers;

namespace Cycles.Grains.Audit.Search;

/// <summary>Some of the rows of a range, a bit each, in pooled memory.</summary>
internal readonly struct RowSet : IDisposable
{
    private const int BitsPerWord = 64;

    private readonly int _first;
    private readonly ulong[] _words;

    /// <param name="first">The first row that may be in it.</param>
    /// <param name="end">The row behind the last one.</param>
    public RowSet(int first, int end)
    {
        _first = first;
        var words = Math.Max(0, (end - first + BitsPerWord - 1) / BitsPerWord);
        _words = ArrayPool<ulong>.Shared.Rent(words);
        Array.Clear(_words, 0, words);
    }

    public void Add(int row) => _words[(row - _first) / BitsPerWord] |= 1UL << ((row - _first) % BitsPerWord);

    public bool Contains(int row) => (_words[(row - _first) / BitsPerWord] >> ((row - _first) % BitsPerWord) & 1) != 0;

    public void Dispose() => ArrayPool<ulong>.Shared.Return(_words);
}
