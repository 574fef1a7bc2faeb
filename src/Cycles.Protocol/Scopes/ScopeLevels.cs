namespace Cycles.Protocol.Scopes;

/// <summary>The names of the levels as they stand in scope paths.</summary>
public static class ScopeLevels
{
    private static readonly string[] Names = ["tenant", "workspace", "app", "workflow", "agent", "toolset"];

    /// <summary>All names in canonical order, for messages.</summary>
    public const string Known = "tenant, workspace, app, workflow, agent, toolset";

    /// <summary>The name of a level in a path.</summary>
    public static string NameOf(ScopeLevel level) => Names[(int)level];

    /// <summary>Whether <paramref name="name"/> names a level.</summary>
    public static bool TryParse(string name, out ScopeLevel level)
    {
        var index = Array.IndexOf(Names, name);
        level = (ScopeLevel)Math.Max(index, 0);
        return index >= 0;
    }
}
