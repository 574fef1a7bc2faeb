using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Lists;

/// <summary>Where a page of a list ended: the last row's place in the order, bound to the filters and the sort that the order came from.</summary>
internal static class ReservationCursor
{
    public static string Format(ReservationQuery query, ReservationRow last) =>
        Base64Url.EncodeToString(GrainJson.Write(new Content(Fingerprint(query), last), GrainJson.Default.ReservationCursorContent));

    /// <summary>The row to go on after; false when this is no cursor of a list with these filters and this sort.</summary>
    public static bool TryParse(string cursor, ReservationQuery query, out ReservationRow last)
    {
        last = null!;
        try
        {
            var content = GrainJson.Read(Base64Url.DecodeFromChars(cursor), GrainJson.Default.ReservationCursorContent);
            last = content.Last;
            return content.Fingerprint == Fingerprint(query) && last?.Id is not null && last.ScopePath is not null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return false;
        }
    }

    private static string Fingerprint(ReservationQuery query) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(string.Join(
        '\n',
        [
            query.IdempotencyKey, $"{query.Status}", .. query.Segments.Order(StringComparer.Ordinal),
            $"{query.Created}{query.Expires}{query.Finalized}{query.SortBy}{query.Ascending}{query.Within}",
        ]))).ToString("x32");

    /// <summary>What a cursor holds.</summary>
    internal sealed record Content(string Fingerprint, ReservationRow Last);
}
