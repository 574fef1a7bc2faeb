using System.Buffers.Text;
using System.IO.Hashing;
using System.Text.Json;
using Cycles.Grains.Audit.Index;

namespace Cycles.Grains.Audit.Search;

/// <summary>
/// Where a page ended: the last entry's place in the order. It belongs to the filters and the sort that the order came from, and stands
/// wherever it is when that entry is gone.
/// </summary>
internal static class AuditCursor
{
    /// <param name="query">What was asked.</param>
    /// <param name="last">The last entry's place in time.</param>
    /// <param name="sorted">What the last entry has in the column that is sorted by; empty when that is time.</param>
    public static string Format(AuditQuery query, RowKey last, string sorted) => Base64Url.EncodeToString(GrainJson.Write(
        new Content(Fingerprint(query), sorted, last.TimeMs, AuditLogIds.Format(last.Id)), GrainJson.Default.AuditCursorContent));

    /// <returns>False when this is no cursor of a list with these filters and this sort.</returns>
    public static bool TryParse(string cursor, AuditQuery query, out RowKey last, out string sorted)
    {
        (last, sorted) = (default, string.Empty);
        try
        {
            var content = GrainJson.Read(Base64Url.DecodeFromChars(cursor), GrainJson.Default.AuditCursorContent);
            if (content.Fingerprint != Fingerprint(query) || content.Sorted is null || !AuditLogIds.TryParse(content.LogId ?? string.Empty, out var id))
            {
                return false;
            }

            (last, sorted) = (new RowKey(content.TimeMs, id), content.Sorted);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return false;
        }
    }

    /// <summary>All that decides which entries there are and in which order; as JSON, so that no filter can look like two.</summary>
    private static string Fingerprint(AuditQuery query) => XxHash128.HashToUInt128(JsonSerializer.SerializeToUtf8Bytes(
        query with
        {
            Operations = Sorted(query.Operations),
            ResourceTypes = Sorted(query.ResourceTypes),
            ErrorCodes = Sorted(query.ErrorCodes),
            ExcludedErrorCodes = Sorted(query.ExcludedErrorCodes),
            Limit = 0,
            Cursor = null,
        },
        GrainJson.Default.AuditQuery)).ToString("x32");

    private static string[] Sorted(string[] names) => [.. names.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>What a cursor holds.</summary>
    internal sealed record Content(string Fingerprint, string Sorted, long TimeMs, string LogId);
}
