using Cycles.Grains.Paging;
using Cycles.Grains.Records;

namespace Cycles.Grains.Indexes;

/// <summary>Where a page of tenants, budgets or keys ended: the place of its last row.</summary>
internal static class ListCursor
{
    public static string Format(string fingerprint, SortKey last) => PageCursor.Format(fingerprint, last, GrainJson.Default.SortKey);

    /// <returns>False when it is no cursor of a list with this fingerprint.</returns>
    public static bool TryParse(string cursor, string fingerprint, out SortKey last) =>
        PageCursor.TryParse(cursor, fingerprint, GrainJson.Default.SortKey, out last) && last is { Id.Length: > 0, Text: not null };
}
