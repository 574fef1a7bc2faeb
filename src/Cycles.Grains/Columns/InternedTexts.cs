using System.Buffers;
using System.IO.Hashing;
using System.Text;

namespace Cycles.Grains.Columns;

/// <summary>
/// The different texts of one column, each once, as UTF-8 in one array: about 12 bytes a text besides its own, where strings in a dictionary
/// take a hundred. Texts are numbered as they come; <see cref="None"/> is the absent one.
/// </summary>
internal sealed class InternedTexts
{
    /// <summary>The number of the text that is not there.</summary>
    public const int None = 0;

    private const int FirstSlots = 64;
    private const int BlockBytes = 64 * 1024;

    private readonly Column<byte> _bytes = new();
    private readonly Column<int> _ends = new();
    private int[] _slots = new int[FirstSlots];
    private int[] _ordered = [];
    private bool[] _found = [];

    public InternedTexts() => _ends.Add(0);

    /// <summary>How many there are, the absent one included.</summary>
    public int Count => _ends.Count;

    /// <summary>The UTF-8 of a text.</summary>
    public ReadOnlySpan<byte> this[int number] => _bytes.Items[Start(number).._ends[number]];

    public string ToText(int number) => Encoding.UTF8.GetString(this[number]);

    /// <summary>The number of a text, a new one if need be.</summary>
    public int Intern(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return None;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var slot = SlotOf(bytes);
        if (_slots[slot] != None)
        {
            return _slots[slot];
        }

        var number = Count;
        _bytes.Add(bytes);
        _ends.Add(_bytes.Count);
        _slots[slot] = number;
        if (Count * 2 > _slots.Length)
        {
            Rehash();
        }

        return number;
    }

    /// <summary>The number of a text; null when no row has it.</summary>
    public int? Find(string text)
    {
        var number = _slots[SlotOf(Encoding.UTF8.GetBytes(text))];
        return number == None ? null : number;
    }

    /// <summary>All numbers in the order of their texts, the absent one first.</summary>
    public int[] Ordered()
    {
        if (_ordered.Length != Count)
        {
            _ordered = [.. Enumerable.Range(0, Count)];
            Array.Sort(_ordered, (left, right) => this[left].SequenceCompareTo(this[right]));
        }

        return _ordered;
    }

    /// <summary>
    /// Which texts contain <paramref name="part"/>, upper and lower case of ASCII being the same. Many texts are searched at a time: over a million
    /// of them one by one it would take five times as long.
    /// </summary>
    /// <returns>By number; it is the same array every time, so that a search leaves no garbage of a megabyte.</returns>
    public bool[] Containing(string part)
    {
        if (_found.Length < Count)
        {
            _found = new bool[Count + (Count / 8)];
        }

        var found = _found;
        Array.Clear(found);
        var wanted = Lower(Encoding.UTF8.GetBytes(part));
        for (var first = None + 1; first < Count;)
        {
            var next = first + 1;
            while (next < Count && _ends[next] - Start(first) <= BlockBytes)
            {
                next++;
            }

            Mark(first, next, wanted, found);
            first = next;
        }

        return found;
    }

    private void Mark(int first, int next, ReadOnlySpan<byte> wanted, bool[] found)
    {
        var start = Start(first);
        var length = _ends[next - 1] - start;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var block = rented.AsSpan(0, length);
        _bytes.Items.Slice(start, length).CopyTo(block);
        Lower(block);
        var number = first;
        for (var offset = 0; block[offset..].IndexOf(wanted) is var hit and >= 0;)
        {
            offset += hit;
            while (_ends[number] - start <= offset)
            {
                number++;
            }

            // Else it begins in one text and ends in the next.
            found[number] |= offset + wanted.Length <= _ends[number] - start;
            offset = found[number] ? _ends[number] - start : offset + 1;
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Lowers ASCII letters in place, and leaves everything else as it is.</summary>
    private static Span<byte> Lower(Span<byte> text)
    {
        for (var rest = text; rest.Length > 0;)
        {
            Ascii.ToLowerInPlace(rest, out var lowered);

            // It stops before what is not ASCII.
            rest = rest[Math.Min(lowered + 1, rest.Length)..];
        }

        return text;
    }

    private int Start(int number) => number == None ? 0 : _ends[number - 1];

    private int SlotOf(ReadOnlySpan<byte> bytes)
    {
        var mask = _slots.Length - 1;
        var slot = (int)XxHash3.HashToUInt64(bytes) & mask;
        while (_slots[slot] != None && !this[_slots[slot]].SequenceEqual(bytes))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        for (var number = None + 1; number < Count; number++)
        {
            _slots[SlotOf(this[number])] = number;
        }
    }
}
