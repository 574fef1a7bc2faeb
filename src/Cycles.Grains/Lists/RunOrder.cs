using Cycles.Contracts.Lists;
using Cycles.Grains.History;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;

namespace Cycles.Grains.Lists;

/// <summary>One order of a run, and how its places stand among those of a list that is sorted by it.</summary>
internal sealed class RunOrder(HistoryReader reader, RunInfo run, RunHead head, OrderDirectory directory, ReservationSort sort)
{
    // Sorts behind all paths, which have no such character.
    private const string BehindAll = "\uffff";

    private readonly Dictionary<int, ScopePage> _scopes = [];

    public RunInfo Run => run;

    public OrderDirectory Directory => directory;

    /// <summary>The order of the run.</summary>
    public HistoryOrder Order { get; } = OrderOf(sort);

    /// <summary>The order of runs that a list by <paramref name="sort"/> walks.</summary>
    public static HistoryOrder OrderOf(ReservationSort sort) => sort switch
    {
        ReservationSort.CreatedAtMs => HistoryOrder.Created,
        ReservationSort.ExpiresAtMs => HistoryOrder.Expires,
        ReservationSort.Reserved => HistoryOrder.Reserved,
        ReservationSort.ScopePath => HistoryOrder.Scope,
        _ => HistoryOrder.Id, // By status too: each outcome has pages of its own.
    };

    /// <summary>Where a row stands in a list, if its scope need not be read for that.</summary>
    public static ReservationPlace PlaceOf(HistoryRow row, ReservationSort sort, string? path) => new(
        sort == ReservationSort.Status ? ReservationPlace.RankOf(row.Outcome) : path is null ? row.PlaceIn(OrderOf(sort)).Key : 0, path, row.Id);

    /// <summary>Reads what the places of a page's rows depend on.</summary>
    public async Task PrepareAsync(RowPage page)
    {
        if (Order == HistoryOrder.Scope && page.Count > 0)
        {
            var (first, last) = (PageOf(page[0].Scope), PageOf(page[page.Count - 1].Scope));
            await ReadScopesAsync(Enumerable.Range(first, last - first + 1));
        }
    }

    /// <summary>Where a row of a page that was prepared stands in the list.</summary>
    public ReservationPlace ToList(HistoryRow row) => PlaceOf(row, sort, Order == HistoryOrder.Scope ? PathOf(row.Scope) : null);

    /// <summary>A place of the list that the rows behind a place of the run do not precede, in the list's direction.</summary>
    public ReservationPlace ToBound(RunPlace bound, Outcome outcome, bool ascending)
    {
        if (Order != HistoryOrder.Scope)
        {
            return new ReservationPlace(sort == ReservationSort.Status ? ReservationPlace.RankOf(outcome) : bound.Key, null, bound.Id);
        }

        var page = PageOf((int)bound.Key);
        return ascending
            ? new ReservationPlace(0, head.FirstScopes[page], 0)
            : new ReservationPlace(0, page + 1 < head.FirstScopes.Length ? head.FirstScopes[page + 1] : BehindAll, ulong.MaxValue);
    }

    /// <summary>The place of the run behind which rows come after a place of the list, in its direction; null when all of them do.</summary>
    /// <returns>Whether any can.</returns>
    public async Task<(bool IsAny, RunPlace? Edge)> ToEdgeAsync(ReservationPlace after, Outcome outcome, bool ascending)
    {
        switch (sort)
        {
            case ReservationSort.Status:
                var rank = ReservationPlace.RankOf(outcome);
                return rank == after.Number ? (true, new RunPlace(0, after.Id)) : (rank > after.Number == ascending, null);
            case ReservationSort.ScopePath:
                return (true, await ToScopeEdgeAsync(after, ascending));
            default:
                return (true, new RunPlace(after.Number, after.Id));
        }
    }

    private async Task<RunPlace> ToScopeEdgeAsync(ReservationPlace after, bool ascending)
    {
        var found = Array.BinarySearch(head.FirstScopes, after.Scope, StringComparer.Ordinal);
        var page = found >= 0 ? found : ~found - 1;
        if (page < 0)
        {
            return ascending ? new RunPlace(-1, ulong.MaxValue) : new RunPlace(0, 0);
        }

        await ReadScopesAsync([page]);
        var place = _scopes[page].Find(after.Scope);
        var first = page * HistoryFormat.ScopesInPage;
        if (place >= 0)
        {
            return new RunPlace(first + place, after.Id);
        }

        return ascending ? new RunPlace(first + ~place - 1, ulong.MaxValue) : new RunPlace(first + ~place, 0);
    }

    private async Task ReadScopesAsync(IEnumerable<int> pages)
    {
        int[] missing = [.. pages.Where(page => !_scopes.ContainsKey(page))];
        foreach (var (page, scopes) in missing.Zip(await reader.ScopesAsync(run, missing)))
        {
            _scopes[page] = scopes;
        }
    }

    private string PathOf(int scope) => _scopes[PageOf(scope)].PathOf(scope % HistoryFormat.ScopesInPage);

    private static int PageOf(int scope) => scope / HistoryFormat.ScopesInPage;
}
