using Cycles.Gateway.Http;
using Cycles.Protocol.Scopes;

namespace Cycles.Gateway.Runtime;

/// <summary>The query parameters tenant, workspace, app, workflow, agent and toolset as segments of a scope path.</summary>
internal static class SubjectFilters
{
    public static string[] Read(QueryParameters query, ScopeLevel from)
    {
        var segments = new List<string>();
        for (var level = from; level <= ScopeLevel.Toolset; level++)
        {
            var name = ScopeLevels.NameOf(level);
            if (query.Text(name) is { } value)
            {
                // A value outside the charset names no scope; the segment then matches none.
                segments.Add($"{name}:{value.ToLowerInvariant()}");
            }
        }

        return [.. segments];
    }
}
