using Cycles.Contracts.Lists;
using Cycles.Grains.Lists;
using Cycles.Grains.Records;
using Cycles.Protocol.Reservations;

namespace Cycles.Bench.History;

/// <summary>A way to list reservations.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Parameters">The parameters of the request.</param>
/// <param name="Query">The same, as the server understands it.</param>
internal sealed record HistoryShape(string Name, string Parameters, ReservationQuery Query)
{
    private static readonly (string Name, ReservationSort Sort)[] Sorts =
    [
        ("created_at_ms", ReservationSort.CreatedAtMs), ("expires_at_ms", ReservationSort.ExpiresAtMs), ("reservation_id", ReservationSort.ReservationId),
        ("reserved", ReservationSort.Reserved), ("scope_path", ReservationSort.ScopePath), ("status", ReservationSort.Status),
    ];

    /// <summary>Every order, status, window and subject filter, and what is asked for together.</summary>
    public static IEnumerable<HistoryShape> All(HistoryFill fill)
    {
        var (from, to) = (fill.StartMs + ((fill.EndMs - fill.StartMs) / 2), fill.StartMs + ((fill.EndMs - fill.StartMs) / 2) + 3_600_000);
        foreach (var (name, sort) in Sorts)
        {
            yield return new HistoryShape($"sort_by={name}", $"sort_by={name}", new ReservationQuery { SortBy = sort });
            yield return new HistoryShape($"sort_by={name}, asc", $"sort_by={name}&sort_dir=asc", new ReservationQuery { SortBy = sort, Ascending = true });
            yield return new HistoryShape(
                $"status=EXPIRED, sort_by={name}", $"status=EXPIRED&sort_by={name}", new ReservationQuery { SortBy = sort, Status = ReservationStatus.Expired });
            yield return new HistoryShape(
                $"agent, sort_by={name}", $"agent={HistoryFill.AgentOf(7)}&sort_by={name}", new ReservationQuery { SortBy = sort, Segments = [$"agent:{HistoryFill.AgentOf(7)}"] });
        }

        yield return new HistoryShape("200 rows", "limit=200", new ReservationQuery());
        yield return new HistoryShape("200 rows, sort_by=reserved", "limit=200&sort_by=reserved", new ReservationQuery { SortBy = ReservationSort.Reserved });
        yield return new HistoryShape("app and agent", $"app=chat-03&agent={HistoryFill.AgentOf(7)}", new ReservationQuery { Segments = ["app:chat-03", $"agent:{HistoryFill.AgentOf(7)}"] });
        yield return new HistoryShape("an unknown agent", "agent=nobody", new ReservationQuery { Segments = ["agent:nobody"] });
        yield return new HistoryShape("an hour", $"from={Time(from)}&to={Time(to)}", new ReservationQuery { Created = new TimeWindow(from, to) });
        yield return new HistoryShape(
            "an hour, sort_by=reserved", $"from={Time(from)}&to={Time(to)}&sort_by=reserved", new ReservationQuery { SortBy = ReservationSort.Reserved, Created = new TimeWindow(from, to) });
        yield return new HistoryShape("expired in an hour", $"expires_from={Time(from)}&expires_to={Time(to)}", new ReservationQuery { Expires = new TimeWindow(from, to) });
        yield return new HistoryShape("finalized in an hour", $"finalized_from={Time(from)}&finalized_to={Time(to)}", new ReservationQuery { Finalized = new TimeWindow(from, to) });
    }

    private static string Time(long moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A place somewhere in the list, to go on from.</summary>
    public string CursorAt(Random random, HistoryFill fill, string tenant)
    {
        var place = new ReservationPlace(
            Query.SortBy switch
            {
                ReservationSort.CreatedAtMs or ReservationSort.ExpiresAtMs => random.NextInt64(fill.StartMs, fill.EndMs),
                ReservationSort.Reserved => random.Next(HistoryFill.MostReserved),
                ReservationSort.Status => random.Next(1, 4),
                _ => 0,
            },
            Query.SortBy == ReservationSort.ScopePath ? HistoryFill.ScopeOf(tenant, random.Next(HistoryFill.Apps * HistoryFill.Agents)) : null,
            (ulong)random.NextInt64() << 1);
        return ReservationCursor.Format(Query, place);
    }
}
