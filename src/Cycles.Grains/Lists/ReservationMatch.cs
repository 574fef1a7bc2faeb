using Cycles.Contracts.Lists;
using Cycles.Grains.History;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Lists;

/// <summary>Which rows a query of reservations has.</summary>
internal static class ReservationMatch
{
    /// <summary>Whether a row satisfies all filters.</summary>
    public static bool Matches(this ReservationQuery query, ReservationRow row)
    {
        if ((query.Status is { } status && row.Status != status)
            || (query.IdempotencyKey is { } key && row.IdempotencyKey != key)
            || !query.Created.Contains(row.CreatedAtMs)
            || !query.Expires.Contains(row.ExpiresAtMs)
            || !query.Finalized.Contains(row.FinalizedAtMs))
        {
            return false;
        }

        return query.MatchesScope(ScopePath.FromCanonical(row.ScopePath));
    }

    /// <summary>Whether a row of the history satisfies all filters that look neither at its status, nor its scope, nor its key.</summary>
    public static bool MatchesTimes(this ReservationQuery query, HistoryRow row) => query.Created.Contains(row.CreatedMs)
        && query.Expires.Contains(row.ExpiresMs)
        && query.Finalized.Contains(row.Outcome is Outcome.Committed or Outcome.Released ? row.EndedMs : null);

    /// <summary>Whether a scope satisfies the filters that look at it.</summary>
    public static bool MatchesScope(this ReservationQuery query, ScopePath scope)
    {
        if (query.Within?.Allows(scope) == false)
        {
            return false;
        }

        foreach (var segment in query.Segments)
        {
            if (!scope.HasSegment(segment))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether any moment of a span is in it.</summary>
    public static bool Meets(this TimeWindow window, RunInfo.Span span) => !(span.ToMs < window.FromMs) && !(span.FromMs > window.ToMs);

    /// <summary>Whether a moment is in it; one that is not known is only in a window that is open on both sides.</summary>
    public static bool Contains(this TimeWindow window, long? momentMs) =>
        (window.FromMs is null && window.ToMs is null) || (momentMs is { } moment && !(moment < window.FromMs) && !(moment > window.ToMs));
}
