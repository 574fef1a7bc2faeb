using StackExchange.Redis;

namespace Cycles.Grains.Store;

/// <summary>
/// Reads the members of a sorted set a page at a time. In one answer, a million of them would take hundreds of megabytes here, and block Redis until it is
/// written.
/// </summary>
internal static class SortedSetPages
{
    // Garnet walks from the first member to a page's first one: with pages of 4,096, a million took it 8 s.
    private const int Members = 65_536;

    // Two pages overlap by this many members. Usually fewer leave the set between two reads.
    private const long Overlap = 256;

    /// <summary>
    /// All members in their order. One that is there all the time is seen, whatever comes and goes meanwhile. What comes or goes may be seen or not; what moves to
    /// a later place, as an extended reservation does, may be seen twice.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The sorted set.</param>
    /// <param name="members">How many members a page has.</param>
    public static async IAsyncEnumerable<string[]> ReadAsync(RedisStore store, RedisKey key, int members = Members)
    {
        SortedSetEntry? last = null;
        for (var (next, back) = (0L, Overlap); ;)
        {
            var from = Math.Max(0, next - back);
            var page = await store.Database.SortedSetRangeByRankWithScoresAsync(key, from, from + members - 1);
            if (from > 0 && last is { } seen && (page.Length == 0 || IsBehind(page[0], seen)))
            {
                // So many have left that members between the last page and this one may be missing: back until the two meet.
                back *= 2;
                continue;
            }

            SortedSetEntry[] more = last is { } known ? [.. page.SkipWhile(entry => !IsBehind(entry, known))] : page;
            if (more.Length > 0)
            {
                yield return Array.ConvertAll(more, entry => (string)entry.Element!);
                last = more[^1];
            }

            if (page.Length < members)
            {
                yield break;
            }

            (next, back) = (from + page.Length, Overlap);
        }
    }

    private static bool IsBehind(SortedSetEntry entry, SortedSetEntry other) => entry.Score != other.Score
        ? entry.Score > other.Score
        : string.CompareOrdinal(entry.Element, other.Element) > 0;
}
