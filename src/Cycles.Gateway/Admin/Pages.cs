using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;
using Cycles.Gateway.Http;

namespace Cycles.Gateway.Admin;

/// <summary>A page of a list that is in order already.</summary>
/// <param name="Items">The page.</param>
/// <param name="NextCursor">Where the next one begins, when there is one.</param>
internal readonly record struct Page<T>(T[] Items, string? NextCursor);

/// <summary>Cuts pages. A cursor names the last item that was shown, and belongs to one set of filters and one order.</summary>
internal static class Pages
{
    /// <param name="items">The whole list, in order.</param>
    /// <param name="idOf">What names an item, uniquely.</param>
    /// <param name="filters">The filters and the order, in any form.</param>
    /// <param name="limit">The most items.</param>
    /// <param name="cursor">Of the previous page.</param>
    public static Page<T> Take<T>(T[] items, Func<T, string> idOf, string filters, int limit, string? cursor)
    {
        var start = 0;
        var fingerprint = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(filters)).ToString("x16");
        if (cursor is not null)
        {
            var last = Parse(cursor, fingerprint);
            var index = Array.FindIndex(items, item => idOf(item) == last);
            if (index < 0)
            {
                Call.Refuse(ErrorCode.InvalidRequest, "The item that the cursor stands on is gone; restart without a cursor");
            }

            start = index + 1;
        }

        var page = items[start..Math.Min(start + limit, items.Length)];
        return new Page<T>(page, start + limit < items.Length ? Format(fingerprint, idOf(page[^1])) : null);
    }

    private static string Format(string fingerprint, string id) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(fingerprint + id));

    private static string Parse(string cursor, string fingerprint)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            if (text.StartsWith(fingerprint, StringComparison.Ordinal))
            {
                return text[fingerprint.Length..];
            }
        }
        catch (FormatException)
        {
            // Said below.
        }

        Call.Refuse(ErrorCode.InvalidRequest, "cursor does not belong to this list with these filters and this sort");
        return null;
    }
}
