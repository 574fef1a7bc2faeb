using Cycles.Contracts.Lists;
using Cycles.Grains.Paging;
using Cycles.Grains.Records;

namespace Cycles.Grains.Lists;

/// <summary>Where a page of reservations ended: the place of its last row.</summary>
internal static class ReservationCursor
{
    public static string Format(ReservationQuery query, ReservationPlace last) => PageCursor.Format(Fingerprint(query), last, GrainJson.Default.ReservationPlace);

    /// <summary>The place to go on after; false when this is no cursor of a list with these filters and this sort.</summary>
    public static bool TryParse(string cursor, ReservationQuery query, out ReservationPlace last) =>
        PageCursor.TryParse(cursor, Fingerprint(query), GrainJson.Default.ReservationPlace, out last);

    private static string Fingerprint(ReservationQuery query) => PageCursor.Fingerprint(
        [
            query.IdempotencyKey, query.Status, query.Created, query.Expires, query.Finalized, query.SortBy, query.Ascending, query.Within,
            .. query.Segments.Order(StringComparer.Ordinal),
        ]);
}
