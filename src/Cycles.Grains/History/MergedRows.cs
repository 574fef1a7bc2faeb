using Cycles.Grains.Store;

namespace Cycles.Grains.History;

/// <summary>The rows of several runs that are still kept, with scopes and batches numbered anew.</summary>
internal sealed class MergedRows(StoreOptions options, long nowMs)
{
    // Pages of one run that are in memory at the same time.
    private const int ReadAtOnce = 32;

    private readonly Dictionary<string, int> _scopes = [];

    public List<HistoryRow> Rows { get; } = [];

    public List<string> Batches { get; } = [];

    /// <summary>Adds the rows of a run.</summary>
    public async Task AddAsync(HistoryReader reader, RunInfo run, CancellationToken stop)
    {
        var scopePages = HistoryFormat.Pages(run.Scopes, HistoryFormat.ScopesInPage);
        var scopes = (await reader.ScopesAsync(run, Enumerable.Range(0, scopePages)))
            .SelectMany(page => Enumerable.Range(0, page.Count).Select(page.PathOf))
            .Select(ScopeOf)
            .ToArray();
        var firstBatch = Batches.Count;
        Batches.AddRange((await reader.HeadsAsync([run]))[0].Batches);

        // The order by scope has all that there is to know of a row.
        var pages = from outcome in Enum.GetValues<Outcome>()
                    from page in Enumerable.Range(0, run.PagesOf(outcome))
                    select new RowPageName(run, HistoryOrder.Scope, outcome, page);
        foreach (var some in pages.Chunk(ReadAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            foreach (var page in await reader.RowsAsync(some))
            {
                for (var at = 0; at < page.Count; at++)
                {
                    var row = page[at];
                    if (HistoryRetention.KeptUntilMs(row.EndedMs, row.Outcome, options) > nowMs)
                    {
                        Rows.Add(row with { Scope = scopes[row.Scope], Place = row.Place with { Batch = firstBatch + row.Place.Batch } });
                    }
                }
            }
        }
    }

    /// <summary>The scopes in order, without those that no row has, and the rows with their places among them.</summary>
    public (string[] Scopes, HistoryRow[] Rows) ToSorted()
    {
        var used = Rows.Select(row => row.Scope).ToHashSet();
        var sorted = _scopes.Where(scope => used.Contains(scope.Value)).OrderBy(scope => scope.Key, StringComparer.Ordinal).ToArray();
        var places = new int[_scopes.Count];
        for (var i = 0; i < sorted.Length; i++)
        {
            places[sorted[i].Value] = i;
        }

        return ([.. sorted.Select(scope => scope.Key)], [.. Rows.Select(row => row with { Scope = places[row.Scope] })]);
    }

    private int ScopeOf(string path)
    {
        if (!_scopes.TryGetValue(path, out var scope))
        {
            _scopes.Add(path, scope = _scopes.Count);
        }

        return scope;
    }
}
