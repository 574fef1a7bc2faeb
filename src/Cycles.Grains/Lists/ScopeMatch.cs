using Cycles.Contracts.Lists;
using Cycles.Grains.History;
using Cycles.Grains.Paging;
using Cycles.Grains.Runs;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Lists;

/// <summary>Which scopes of a run a list asks for, and how many rows they have.</summary>
/// <param name="scopes">The scopes that match, in order.</param>
/// <param name="paths">Their paths, when the list is sorted by them; else nothing.</param>
/// <param name="rows">The rows of all of them.</param>
internal sealed class ScopeMatch(int[] scopes, string[] paths, long rows)
{
    /// <summary>The rows of all scopes that match.</summary>
    public long Rows => rows;

    /// <summary>The scopes that match, in order.</summary>
    public IReadOnlyList<int> Scopes => scopes;

    /// <summary>Whether a scope matches.</summary>
    public bool Has(int scope) => Array.BinarySearch(scopes, scope) >= 0;

    /// <summary>The path of one that does.</summary>
    public string PathOf(int scope) => paths[Array.BinarySearch(scopes, scope)];

    /// <summary>The next one that matches, from one that does not; null when there is none.</summary>
    public int? Next(int scope, bool ascending)
    {
        var at = ~Array.BinarySearch(scopes, scope);
        return ascending ? at < scopes.Length ? scopes[at] : null : at > 0 ? scopes[at - 1] : null;
    }

    /// <summary>Whether a list asks for some scopes only.</summary>
    public static bool IsNeeded(ReservationQuery query) => query.Segments.Length > 0 || query.Within is not null;

    /// <summary>Whether a run can have what a list asks for.</summary>
    /// <param name="query">What is asked for.</param>
    /// <param name="segments">The filter of the segments of the run's scopes.</param>
    public static bool IsPossible(ReservationQuery query, IdFilter segments) =>
        Array.TrueForAll(query.Segments, segment => segments.MayContain(RunWriter.KeyOfSegment(segment)));

    /// <summary>Looks through a run's scopes, unless somebody has lately asked for the same.</summary>
    public static Task<ScopeMatch> FindAsync(HistoryReader reader, RunInfo run, ReservationQuery query) => reader.AskAsync(
        run, PageCursor.Fingerprint([query.Within, query.SortBy == ReservationSort.ScopePath, .. query.Segments.Order(StringComparer.Ordinal)]), () => LookAsync(reader, run, query));

    private static async Task<(ScopeMatch Match, long Size)> LookAsync(HistoryReader reader, RunInfo run, ReservationQuery query)
    {
        var (scopes, paths, rows, size) = (new List<int>(), new List<string>(), 0L, 200L);
        var scope = 0;
        foreach (var page in await reader.ScopesAsync(run, Enumerable.Range(0, run.ScopePages)))
        {
            for (var i = 0; i < page.Count; i++, scope++)
            {
                var path = page.PathOf(i);
                if (query.MatchesScope(ScopePath.FromCanonical(path)))
                {
                    scopes.Add(scope);
                    rows += page.RowsOf(i);
                    size += sizeof(int);
                    if (query.SortBy == ReservationSort.ScopePath)
                    {
                        paths.Add(path);
                        size += 40 + (2 * path.Length);
                    }
                }
            }
        }

        return (new ScopeMatch([.. scopes], [.. paths], rows), size);
    }
}
