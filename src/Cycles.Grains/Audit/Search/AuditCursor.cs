using System.Text.Json;
using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Paging;
using Cycles.Grains.Records;

namespace Cycles.Grains.Audit.Search;

/// <summary>Where a page of the audit log ended: the last entry's place in the order.</summary>
internal static class AuditCursor
{
    /// <param name="query">What was asked.</param>
    /// <param name="last">The last entry's place in time.</param>
    /// <param name="sorted">What the last entry has in the column that is sorted by; empty when that is time.</param>
    public static string Format(AuditQuery query, RowKey last, string sorted) =>
        PageCursor.Format(Fingerprint(query), new AuditPlace(sorted, last.TimeMs, AuditLogIds.Format(last.Id)), GrainJson.Default.AuditPlace);

    /// <returns>False when it is no cursor of a list with these filters and this sort.</returns>
    public static bool TryParse(string cursor, AuditQuery query, out RowKey last, out string sorted)
    {
        (last, sorted) = (default, string.Empty);
        if (!PageCursor.TryParse(cursor, Fingerprint(query), GrainJson.Default.AuditPlace, out var place)
            || place.Sorted is null
            || !AuditLogIds.TryParse(place.LogId ?? string.Empty, out var id))
        {
            return false;
        }

        (last, sorted) = (new RowKey(place.TimeMs, id), place.Sorted);
        return true;
    }

    private static string Fingerprint(AuditQuery query) => PageCursor.Fingerprint(JsonSerializer.Serialize(
        query with
        {
            Operations = Sorted(query.Operations),
            ResourceTypes = Sorted(query.ResourceTypes),
            ErrorCodes = Sorted(query.ErrorCodes),
            ExcludedErrorCodes = Sorted(query.ExcludedErrorCodes),
            Limit = 0,
            Cursor = null,
        },
        GrainJson.Default.AuditQuery));

    private static string[] Sorted(string[] names) => [.. names.Distinct().Order(StringComparer.Ordinal)];
}
