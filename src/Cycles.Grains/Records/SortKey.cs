namespace Cycles.Grains.Records;

/// <summary>A row's place in a list: what it is sorted by, then its id, so that the order is total.</summary>
/// <param name="Number">What it is sorted by, or 0.</param>
/// <param name="Text">What it is sorted by, or empty; compared character by character.</param>
/// <param name="Id">The row's id.</param>
internal readonly record struct SortKey(long Number, string Text, string Id) : IComparable<SortKey>
{
    public static SortKey Of(long number, string id) => new(number, string.Empty, id);

    public static SortKey Of(string text, string id) => new(0, text, id);

    public int CompareTo(SortKey other)
    {
        if (Number.CompareTo(other.Number) is var byNumber and not 0)
        {
            return byNumber;
        }

        return string.CompareOrdinal(Text, other.Text) is var byText and not 0 ? byText : string.CompareOrdinal(Id, other.Id);
    }
}
