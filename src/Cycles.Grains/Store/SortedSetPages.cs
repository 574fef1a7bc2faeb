using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Cycles.Grains.Store;

/// <summary>
/// Reads the members of a sorted set a page at a time. In one answer, a million of them would take hundreds of megabytes here, and block Redis until it is
/// written.
/// </summary>
internal static class SortedSetPages
{
    public const int Members = 4_096;

    // More than leave the set between two pages, as a rule.
    private const long Overlap = 256;

    /// <summary>
    /// All members in their order. One that is there all the time is seen, whatever comes and goes meanwhile. What comes or goes may be seen or not; what moves to
    /// a later place, as an extended reservation does, may be seen twice.
    /// </summary>
    public static async IAsyncEnumerable<string[]> ReadAsync(RedisStore store, RedisKey key, [EnumeratorCancellation] CancellationToken stop = default)
    {
        SortedSetEntry? last = null;
        for (var (next, back) = (0L, Overlap); ;)
        {
            stop.ThrowIfCancellationRequested();
            var from = Math.Max(0, next - back);
            var page = await store.Database.SortedSetRangeByRankWithScoresAsync(key, from, from + Members - 1);
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

            if (page.Length < Members)
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
