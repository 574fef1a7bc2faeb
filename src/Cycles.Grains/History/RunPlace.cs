namespace Cycles.Grains.History;

/// <summary>Where a row stands in an order of its run.</summary>
/// <param name="Key">The number that the order is by; 0 in the order of ids.</param>
/// <param name="Id">The row's id.</param>
internal readonly record struct RunPlace(long Key, ulong Id) : IComparable<RunPlace>
{
    public int CompareTo(RunPlace other) => Key != other.Key ? Key.CompareTo(other.Key) : Id.CompareTo(other.Id);
}
