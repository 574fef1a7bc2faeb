namespace Cycles.Grains.Columns;

/// <summary>A growing array whose spare room is an eighth of it: a list doubles, and a million entries have a dozen columns.</summary>
/// <typeparam name="T">The value of one row.</typeparam>
internal sealed class Column<T>
    where T : unmanaged
{
    private const int FirstCapacity = 64;

    private T[] _items = [];

    public int Count { get; private set; }

    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public T this[int index] => _items[index];

    public void Add(T item)
    {
        Reserve(1);
        _items[Count++] = item;
    }

    public void Add(ReadOnlySpan<T> items)
    {
        Reserve(items.Length);
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    public void Insert(int index, T item)
    {
        Reserve(1);
        _items.AsSpan(index, Count - index).CopyTo(_items.AsSpan(index + 1));
        _items[index] = item;
        Count++;
    }

    /// <summary>Keeps the rows of <paramref name="order"/>, in that order.</summary>
    public void Arrange(ReadOnlySpan<int> order)
    {
        var items = new T[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            items[i] = _items[order[i]];
        }

        (_items, Count) = (items, items.Length);
    }

    private void Reserve(int more)
    {
        var wanted = checked(Count + more);
        if (wanted > _items.Length)
        {
            Array.Resize(ref _items, Math.Max(FirstCapacity, Math.Max(wanted, _items.Length + (_items.Length / 8))));
        }
    }
}
