namespace Cycles.Gateway.Admin;

/// <summary>Sorts lists into a total order.</summary>
internal static class Sorting
{
    public static T[] Order<T>(IEnumerable<T> items, Func<T, IComparable> keyOf, Func<T, string> idOf, bool ascending)
    {
        var keys = Comparer<IComparable>.Create((left, right) => left is string text
            ? string.CompareOrdinal(text, (string)right)
            : left.CompareTo(right));
        return ascending
            ? [.. items.OrderBy(keyOf, keys).ThenBy(idOf, StringComparer.Ordinal)]
            : [.. items.OrderByDescending(keyOf, keys).ThenByDescending(idOf, StringComparer.Ordinal)];
    }
}
