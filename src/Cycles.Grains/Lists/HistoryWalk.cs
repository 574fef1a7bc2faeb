using Cycles.Contracts.Lists;
using Cycles.Grains.History;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;

namespace Cycles.Grains.Lists;

/// <summary>
/// Walks over the history in the order of a list: all runs at once, the next row always from the run that has it. A run is looked into when its first row may
/// be the next, and most never are. What one walk reads has a bound; one that comes to it says where it stopped.
/// </summary>
internal sealed class HistoryWalk(HistoryReader reader, ReservationQuery query, ReservationPlace? after, StoreOptions options, long nowMs)
{
    // They are in memory together.
    private const int MostGathered = 4096;

    private const int OpenedAtOnce = 16;
    private const int ReadAtOnce = 64;

    private readonly PriorityQueue<RunStream, ReservationPlace> _streams = new(Direction(query.Ascending));
    private readonly PriorityQueue<RunInfo, ReservationPlace> _closed = new(Direction(query.Ascending));
    private readonly Dictionary<string, ScopeMatch> _matches = [];
    private int _looked;
    private int _runs;

    /// <summary>The rows that one walk looks at.</summary>
    public int MostRows { get; init; } = 60_000;

    /// <summary>Whether rows of the scopes that are asked for are gathered from a run's order by scope; null to decide by what it costs.</summary>
    public bool? Gathers { get; init; }

    /// <summary>The last place that was looked at, when the walk came to its bound; null otherwise.</summary>
    public ReservationPlace? StoppedAt { get; private set; }

    /// <summary>Walks.</summary>
    public async IAsyncEnumerable<(ReservationPlace Place, RunInfo Run, HistoryRow Row)> RunAsync(HistoryManifest history)
    {
        await CloseAsync(history);
        var last = after;
        while (await ComeToRowAsync())
        {
            var stream = _streams.Dequeue();
            var (place, row) = (stream.Place, stream.Row);
            stream.Advance();
            Enqueue(stream);
            if (++_looked > MostRows && last != after)
            {
                StoppedAt = last;
                yield break;
            }

            last = place;
            if (Matches(stream.Run, row))
            {
                yield return (place, stream.Run, row);
            }
        }
    }

    /// <summary>Finds the runs that may have what is asked for. They stay closed until they are reached.</summary>
    private async Task CloseAsync(HistoryManifest history)
    {
        RunInfo[] runs = [.. history.Runs.Where(run => OutcomesOf(run).Any()
            && run.KeptUntilMs > nowMs
            && query.Created.Meets(run.Created)
            && query.Expires.Meets(run.Expires)
            && query.Finalized.Meets(run.Ended))];
        if (query.Segments.Length > 0)
        {
            var segments = await reader.SegmentsAsync(runs);
            runs = [.. runs.Where((_, i) => ScopeMatch.IsPossible(query, segments[i]))];
        }

        _runs = runs.Length;
        foreach (var run in runs)
        {
            var span = query.SortBy switch
            {
                ReservationSort.CreatedAtMs => run.Created,
                ReservationSort.ExpiresAtMs => run.Expires,
                _ => new RunInfo.Span(long.MinValue, long.MaxValue),
            };
            if (after is not { } place || (query.Ascending ? span.ToMs >= place.Number : span.FromMs <= place.Number))
            {
                _closed.Enqueue(run, new ReservationPlace(query.Ascending ? span.FromMs : span.ToMs, null, query.Ascending ? 0 : ulong.MaxValue));
            }
        }
    }

    /// <summary>Opens runs and reads pages until the first stream stands before a row. False when there is none any more.</summary>
    private async Task<bool> ComeToRowAsync()
    {
        while (true)
        {
            var isAny = _streams.TryPeek(out var first, out var place);
            if (_closed.TryPeek(out _, out var closed) && (!isAny || !IsBefore(place, closed)))
            {
                await OpenAsync(isAny ? place : closed);
            }
            else if (!isAny)
            {
                return false;
            }
            else if (first!.IsReady)
            {
                return true;
            }
            else
            {
                await ReadAsync();
            }
        }
    }

    /// <summary>Opens the runs that may have rows before a place, in the list's direction, and at least one.</summary>
    private async Task OpenAsync(ReservationPlace until)
    {
        var runs = new List<RunInfo>();
        while (runs.Count < OpenedAtOnce && _closed.TryPeek(out var run, out var place) && (runs.Count == 0 || !IsBefore(until, place)))
        {
            runs.Add(run);
            _closed.Dequeue();
        }

        var heads = await reader.HeadsAsync(runs);
        var directories = await reader.DirectoriesAsync(runs, RunOrder.OrderOf(query.SortBy));

        // All at once, as each waits for the store.
        await Task.WhenAll(runs.Select((run, i) => OpenAsync(new RunOrder(reader, run, heads[i], directories[i], query.SortBy))));
    }

    private async Task OpenAsync(RunOrder order)
    {
        ScopeMatch? match = null;
        if (ScopeMatch.IsNeeded(query))
        {
            match = _matches[order.Run.Id] = await ScopeMatch.FindAsync(reader, order.Run, query);
            if (match.Rows == 0)
            {
                return;
            }

            if (Gathers ?? IsGatheringCheaper(order.Run, match))
            {
                Enqueue(await GatherAsync(order.Run, match));
                return;
            }
        }

        foreach (var outcome in OutcomesOf(order.Run))
        {
            var (isAny, edge) = after is { } place ? await order.ToEdgeAsync(place, outcome, query.Ascending) : (true, null);
            if (isAny)
            {
                Enqueue(new OrderedStream(order, outcome, query.Ascending, Tighter(edge), match));
            }
        }
    }

    /// <summary>
    /// Whether fewer pages are read when all rows that match are gathered from the order by scope, than when a walk looks for enough of them among all.
    /// </summary>
    private bool IsGatheringCheaper(RunInfo run, ScopeMatch match)
    {
        // Runs that are opened all at once share what a page of the list needs.
        var share = query.SortBy is ReservationSort.CreatedAtMs or ReservationSort.ExpiresAtMs ? 1 : _runs;
        var walked = Math.Min((double)query.Limit / share * run.TotalRows / match.Rows, run.TotalRows) / HistoryFormat.RowsInPage;
        var gathered = Math.Min(
            ((double)match.Rows / HistoryFormat.RowsInPage) + (Outcomes.Listed.Length * match.Scopes.Count), (double)run.TotalRows / HistoryFormat.RowsInPage);
        return match.Rows <= MostGathered && gathered < walked + Outcomes.Listed.Length;
    }

    /// <summary>Reads the next pages of the streams that come first and do not stand before a row.</summary>
    private async Task ReadAsync()
    {
        var streams = new List<(RunStream Stream, IReadOnlyList<RowPageName> Pages)>();
        for (var pages = 0; pages < ReadAtOnce && _streams.TryPeek(out var stream, out _) && !stream.IsReady;)
        {
            _streams.Dequeue();
            var wanted = stream.Wants();
            pages += wanted.Count;
            streams.Add((stream, wanted));
        }

        var read = await reader.RowsAsync([.. streams.SelectMany(stream => stream.Pages)]);
        var at = 0;
        await Task.WhenAll(streams.Select(stream => stream.Stream.TakeAsync(read[at..(at += stream.Pages.Count)])));
        streams.ForEach(stream => Enqueue(stream.Stream));
    }

    /// <summary>Reads all rows of the scopes that match.</summary>
    private async Task<GatheredStream> GatherAsync(RunInfo run, ScopeMatch match)
    {
        var directory = (await reader.DirectoriesAsync([run], HistoryOrder.Scope))[0];
        var pages = from outcome in OutcomesOf(run)
                    from page in match.Scopes.SelectMany(scope => PagesOf(directory, outcome, scope)).Distinct()
                    select new RowPageName(run, HistoryOrder.Scope, outcome, page);
        var rows = new List<(ReservationPlace Place, HistoryRow Row)>();
        foreach (var some in pages.Chunk(ReadAtOnce))
        {
            foreach (var page in await reader.RowsAsync(some))
            {
                for (var at = 0; at < page.Count; at++)
                {
                    var row = page[at];
                    if (match.Has(row.Scope))
                    {
                        var path = query.SortBy == ReservationSort.ScopePath ? match.PathOf(row.Scope) : null;
                        rows.Add((RunOrder.PlaceOf(row, query.SortBy, path), row));
                    }
                }
            }
        }

        var behind = rows.Where(row => after is not { } place || IsBefore(place, row.Place));
        return new GatheredStream(run, [.. query.Ascending ? behind.OrderBy(row => row.Place) : behind.OrderByDescending(row => row.Place)]);
    }

    private static IEnumerable<int> PagesOf(OrderDirectory directory, Outcome outcome, int scope)
    {
        var first = Math.Max(directory.PageOf(outcome, new RunPlace(scope, 0)), 0);
        var last = directory.PageOf(outcome, new RunPlace(scope, ulong.MaxValue));
        return last < first ? [] : Enumerable.Range(first, last - first + 1);
    }

    private void Enqueue(RunStream stream)
    {
        if (!stream.HasEnded && !IsPastWindow(stream.Place))
        {
            _streams.Enqueue(stream, stream.Place);
        }
    }

    /// <summary>The window of what the list is sorted by.</summary>
    private TimeWindow Window => query.SortBy switch
    {
        ReservationSort.CreatedAtMs => query.Created,
        ReservationSort.ExpiresAtMs => query.Expires,
        _ => default,
    };

    private bool IsPastWindow(ReservationPlace place) => query.Ascending ? place.Number > Window.ToMs : place.Number < Window.FromMs;

    /// <summary>An edge, or that of the window when it comes later.</summary>
    private RunPlace? Tighter(RunPlace? edge)
    {
        RunPlace? window = query.Ascending
            ? Window.FromMs is { } from ? new RunPlace(from - 1, ulong.MaxValue) : null
            : Window.ToMs is { } to ? new RunPlace(to + 1, 0) : null;
        if (edge is not { } one || window is not { } other)
        {
            return edge ?? window;
        }

        return one.CompareTo(other) > 0 == query.Ascending ? one : other;
    }

    private bool IsBefore(ReservationPlace left, ReservationPlace right) => _streams.Comparer.Compare(left, right) < 0;

    private static Comparer<ReservationPlace> Direction(bool ascending) =>
        Comparer<ReservationPlace>.Create((left, right) => ascending ? left.CompareTo(right) : right.CompareTo(left));

    private bool Matches(RunInfo run, HistoryRow row) => query.MatchesTimes(row)
        && HistoryRetention.IsKept(row, options, nowMs)
        && (!_matches.TryGetValue(run.Id, out var match) || match.Has(row.Scope));

    private IEnumerable<Outcome> OutcomesOf(RunInfo run) => Outcomes.Listed.Where(outcome =>
        run.Rows[(int)outcome] > 0
        && (query.Status is not { } status || status.ToOutcome() == outcome)
        && (query.Finalized == default || outcome != Outcome.Expired));
}
