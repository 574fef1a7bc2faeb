using System.Text.Json.Nodes;

namespace Cycles.Bench.Provisioning;

/// <summary>Who the load acts for: one value at each level, as many levels as the row asks for.</summary>
internal static class BenchSubject
{
    public const string Unit = "USD_MICROCENTS";
    public const int MostScopes = 6;

    private static readonly (string Level, string Value)[] BelowTenant =
        [("workspace", "prod"), ("app", "chat"), ("workflow", "answer"), ("agent", "writer"), ("toolset", "search")];

    /// <summary>The subject of a request with <paramref name="scopes"/> levels.</summary>
    public static JsonObject Subject(string tenant, int scopes)
    {
        var subject = new JsonObject { ["tenant"] = tenant };
        foreach (var (level, value) in BelowTenant.Take(scopes - 1))
        {
            subject[level] = value;
        }

        return subject;
    }

    /// <summary>The scope paths of that subject, root first.</summary>
    public static IReadOnlyList<string> ScopePaths(string tenant, int scopes)
    {
        var paths = new List<string> { $"tenant:{tenant}" };
        foreach (var (level, value) in BelowTenant.Take(scopes - 1))
        {
            paths.Add($"{paths[^1]}/{level}:{value}");
        }

        return paths;
    }
}
