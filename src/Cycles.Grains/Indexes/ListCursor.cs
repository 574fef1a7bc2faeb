using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace Cycles.Grains.Indexes;

/// <summary>
/// Where a page ended: the place of its last row, bound to the filters and the sort. The row itself may have moved or gone by then; the
/// next page begins after where it stood.
/// </summary>
internal static class ListCursor
{
    /// <summary>What a cursor is bound to: filters and sort, in any fixed order.</summary>
    public static string Fingerprint(params ReadOnlySpan<object?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{part}\n");
        }

        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text.ToString())).ToString("x32");
    }

    public static string Format(string fingerprint, SortKey last) => Base64Url.EncodeToString(
        GrainJson.Write(new Content(fingerprint, last.Number, last.Text, last.Id), GrainJson.Default.ListCursorContent));

    /// <returns>False when it is no cursor of a list with this fingerprint.</returns>
    public static bool TryParse(string cursor, string fingerprint, out SortKey last)
    {
        last = default;
        try
        {
            var content = GrainJson.Read(Base64Url.DecodeFromChars(cursor), GrainJson.Default.ListCursorContent);
            last = new SortKey(content.Number, content.Text ?? string.Empty, content.Id ?? string.Empty);
            return content.Fingerprint == fingerprint && last.Id.Length > 0;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return false;
        }
    }

    /// <summary>What a cursor holds.</summary>
    internal sealed record Content(string? Fingerprint, long Number, string? Text, string? Id);
}
