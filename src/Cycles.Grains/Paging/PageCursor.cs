using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cycles.Grains.Records;

namespace Cycles.Grains.Paging;

/// <summary>
/// How all lists write the place of a page's last row into a cursor. A cursor is bound to the filters and the sort of its list. The row itself may have moved or
/// gone when the cursor comes back: the next page begins after the place where it was.
/// </summary>
internal static class PageCursor
{
    private const byte Separator = (byte)'\n';

    /// <summary>What a cursor is bound to: everything that decides which rows a list has and in which order. The order of the parts matters.</summary>
    public static string Fingerprint(params ReadOnlySpan<object?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            // With its length, so that no value looks like two.
            var value = Convert.ToString(part, CultureInfo.InvariantCulture) ?? string.Empty;
            text.Append(CultureInfo.InvariantCulture, $"{value.Length}:{value}\n");
        }

        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text.ToString())).ToString("x32");
    }

    /// <summary>The cursor of a place.</summary>
    public static string Format<T>(string fingerprint, T place, JsonTypeInfo<T> type) =>
        Base64Url.EncodeToString([.. Encoding.UTF8.GetBytes(fingerprint), Separator, .. GrainJson.Write(place, type)]);

    /// <summary>The place of a cursor. Its members may be missing: a client may have made the cursor up.</summary>
    /// <returns>False when it is no cursor of a list with this fingerprint.</returns>
    public static bool TryParse<T>(string cursor, string fingerprint, JsonTypeInfo<T> type, out T place)
    {
        place = default!;
        try
        {
            var content = Base64Url.DecodeFromChars(cursor).AsSpan();
            byte[] bound = [.. Encoding.UTF8.GetBytes(fingerprint), Separator];
            if (!content.StartsWith(bound))
            {
                return false;
            }

            place = GrainJson.Read(content[bound.Length..], type);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return false;
        }
    }
}
