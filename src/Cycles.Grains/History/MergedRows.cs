using Cycles.Grains.Runs;
using Cycles.Grains.Store;

namespace Cycles.Grains.History;

/// <summary>The rows of several runs that are still kept, with scopes and batches numbered anew.</summary>
internal sealed class MergedRows(StoreOptions options, long nowMs)
{
    // Pages of one run that are in memory at the same time.
    private const int ReadAtOnce = 32;

    private readonly Dictionary<string, int> _scopes = [];
    private readonly List<string> _batches = [];

    public List<HistoryRow> Rows { get; } = [];

    /// <summary>Adds the rows of a run.</summary>
    public async Task AddAsync(HistoryReader reader, RunInfo run, CancellationToken stop)
    {
        var scopes = (await reader.ScopesAsync(run, Enumerable.Range(0, run.ScopePages)))
            .SelectMany(page => Enumerable.Range(0, page.Count).Select(page.PathOf))
            .Select(ScopeOf)
            .ToArray();
        var firstBatch = _batches.Count;
        _batches.AddRange((await reader.HeadsAsync([run]))[0].Batches);

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
                    if (HistoryRetention.IsKept(row, options, nowMs))
                    {
                        Rows.Add(row with { Scope = scopes[row.Scope], Place = row.Place with { Batch = firstBatch + row.Place.Batch } });
                    }
                }
            }
        }
    }

    /// <summary>The scopes in order and the batches, without those that no row has, and the rows with their places among them.</summary>
    public (string[] Scopes, string[] Batches, HistoryRow[] Rows) ToSorted()
    {
        var usedScopes = Rows.Select(row => row.Scope).ToHashSet();
        var scopes = _scopes.Where(scope => usedScopes.Contains(scope.Value)).OrderBy(scope => scope.Key, StringComparer.Ordinal).ToArray();
        var scopePlaces = new int[_scopes.Count];
        for (var i = 0; i < scopes.Length; i++)
        {
            scopePlaces[scopes[i].Value] = i;
        }

        var usedBatches = Rows.Select(row => row.Place.Batch).Distinct().Order().ToArray();
        return (
            [.. scopes.Select(scope => scope.Key)],
            [.. usedBatches.Select(batch => _batches[batch])],
            [
                .. Rows.Select(row => row with
                {
                    Scope = scopePlaces[row.Scope],
                    Place = row.Place with { Batch = Array.BinarySearch(usedBatches, row.Place.Batch) },
                }),
            ]);
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
