using System.Buffers;

namespace Cycles.Grains.Indexes;

/// <summary>
/// The smallest of the numbers that a walk comes by, with their places; equal ones in the order of the walk. It keeps the best so far and
/// throws the rest away in bulk, and leaves no garbage.
/// </summary>
/// <param name="wanted">How many, at least 1.</param>
internal sealed class SmallestNumbers(int wanted) : IDisposable
{
    private readonly Numbered[] _kept = ArrayPool<Numbered>.Shared.Rent(2 * wanted);
    private int _count;
    private long _greatest;

    /// <summary>Whether as many are known as are wanted, and from now on most are not taken.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether a number, met now, may be one of them. It is not when as many that are no greater were met before.</summary>
    public bool Takes(long number) => !IsFull || number < _greatest;

    /// <summary>Adds a number if it may be one of them.</summary>
    public void Offer(long number, int place)
    {
        if (Takes(number))
        {
            Add(number, place);
        }
    }

    public void Add(long number, int place)
    {
        _kept[_count++] = new Numbered(number, place);
        if (_count == 2 * wanted)
        {
            Sort();
            (IsFull, _greatest) = (true, _kept[_count - 1].Number);
        }
    }

    /// <summary>Their places, the smallest first.</summary>
    public int[] ToPlaces()
    {
        Sort();
        var places = new int[_count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = _kept[i].Place;
        }

        return places;
    }

    public void Dispose() => ArrayPool<Numbered>.Shared.Return(_kept);

    private void Sort()
    {
        _kept.AsSpan(0, _count).Sort();
        _count = Math.Min(_count, wanted);
    }

    private readonly record struct Numbered(long Number, int Place) : IComparable<Numbered>
    {
        public int CompareTo(Numbered other) =>
            Number.CompareTo(other.Number) is var byNumber and not 0 ? byNumber : Place.CompareTo(other.Place);
    }
}
