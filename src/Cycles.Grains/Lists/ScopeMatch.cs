using Cycles.Grains.History;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Lists;

/// <summary>Which scopes of a run a list asks for, and how many rows they have.</summary>
internal sealed class ScopeMatch
{
    private readonly Dictionary<int, string> _paths = [];

    private ScopeMatch()
    {
    }

    /// <summary>The rows of all scopes that match.</summary>
    public long Rows { get; private set; }

    /// <summary>The scopes that match, in order.</summary>
    public IEnumerable<int> Scopes => _paths.Keys.Order();

    /// <summary>Whether a scope matches.</summary>
    public bool Has(int scope) => _paths.ContainsKey(scope);

    /// <summary>The path of one that does.</summary>
    public string PathOf(int scope) => _paths[scope];

    /// <summary>Whether a list asks for some scopes only.</summary>
    public static bool IsNeeded(ReservationQuery query) => query.Segments.Length > 0 || query.Within is not null;

    /// <summary>Whether a run can have what a list asks for.</summary>
    public static bool IsPossible(ReservationQuery query, RunHead head)
    {
        if (query.Segments.Length == 0)
        {
            return true;
        }

        var filter = IdFilter.Parse(head.Segments);
        return Array.TrueForAll(query.Segments, segment => filter.MayContain(RunWriter.KeyOfSegment(segment)));
    }

    /// <summary>Looks through a run's scopes.</summary>
    public static async Task<ScopeMatch> FindAsync(HistoryReader reader, RunInfo run, ReservationQuery query)
    {
        var match = new ScopeMatch();
        var pages = HistoryFormat.Pages(run.Scopes, HistoryFormat.ScopesInPage);
        var scope = 0;
        foreach (var page in await reader.ScopesAsync(run, Enumerable.Range(0, pages)))
        {
            for (var i = 0; i < page.Paths.Length; i++, scope++)
            {
                if (query.MatchesScope(ScopePath.FromCanonical(page.Paths[i])))
                {
                    match._paths.Add(scope, page.Paths[i]);
                    match.Rows += page.Rows[i];
                }
            }
        }

        return match;
    }
}
