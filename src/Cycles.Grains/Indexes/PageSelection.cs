using Cycles.Grains.Records;
using Cycles.Protocol.Errors;

namespace Cycles.Grains.Indexes;

/// <summary>
/// The rows of one page out of all, for lists that are not long: one walk, which keeps the best so far and throws the rest away in bulk.
/// </summary>
internal static class PageSelection
{
    /// <summary>The cursor is of another list.</summary>
    public static readonly Problem ForeignCursor =
        new(ErrorCode.InvalidRequest, "cursor does not belong to this list with these filters and this sort");

    /// <summary>A page after a cursor, and the cursor of the next.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="matches">The filters.</param>
    /// <param name="keyOf">What a row is sorted by.</param>
    /// <param name="ascending">Whether the smallest come first.</param>
    /// <param name="limit">The most rows of the page.</param>
    /// <param name="fingerprint">What a cursor is bound to.</param>
    /// <param name="cursor">Of the page before.</param>
    public static (Problem? Problem, T[] Page, string? NextCursor) Read<T>(
        IEnumerable<T> rows, Func<T, bool> matches, Func<T, SortKey> keyOf, bool ascending, int limit, string fingerprint, string? cursor)
    {
        SortKey? after = null;
        if (cursor is not null)
        {
            if (!ListCursor.TryParse(cursor, fingerprint, out var last))
            {
                return (ForeignCursor, [], null);
            }

            after = last;
        }

        var (page, hasMore) = Select(rows, matches, keyOf, ascending, limit, after);
        return (null, page, hasMore ? ListCursor.Format(fingerprint, keyOf(page[^1])) : null);
    }

    /// <summary>A page after a place.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="matches">The filters.</param>
    /// <param name="keyOf">What a row is sorted by.</param>
    /// <param name="ascending">Whether the smallest come first.</param>
    /// <param name="limit">The most rows of the page.</param>
    /// <param name="after">Where the page before ended.</param>
    /// <returns>The page in order, and whether there is more.</returns>
    public static (T[] Page, bool HasMore) Select<T>(
        IEnumerable<T> rows, Func<T, bool> matches, Func<T, SortKey> keyOf, bool ascending, int limit, SortKey? after)
    {
        var wanted = limit + 1;
        var order = Comparer<(SortKey Key, T Row)>.Create(
            ascending ? (left, right) => left.Key.CompareTo(right.Key) : (left, right) => right.Key.CompareTo(left.Key));
        var best = new List<(SortKey Key, T Row)>();
        var (isFull, worst) = (false, default(SortKey));
        foreach (var row in rows)
        {
            if (!matches(row))
            {
                continue;
            }

            var key = keyOf(row);
            if ((after is { } start && !Precedes(start, key)) || (isFull && !Precedes(key, worst)))
            {
                continue;
            }

            best.Add((key, row));
            if (best.Count >= 2 * wanted)
            {
                best.Sort(order);
                best.RemoveRange(wanted, best.Count - wanted);
                (isFull, worst) = (true, best[^1].Key);
            }
        }

        best.Sort(order);
        return ([.. best.Take(limit).Select(item => item.Row)], best.Count > limit);

        bool Precedes(SortKey left, SortKey right) => ascending ? left.CompareTo(right) < 0 : left.CompareTo(right) > 0;
    }
}
