using System.Text;

namespace Cycles.Protocol.Scopes;

/// <summary>SCOPE DERIVATION (NORMATIVE): the canonical scopes of a subject, root first, gaps skipped.</summary>
public static class ScopeDerivation
{
    private static readonly ScopeLevel[] Levels = Enum.GetValues<ScopeLevel>();

    /// <summary>The scope of every level that <paramref name="subject"/> names; the last one is its scope path.</summary>
    /// <remarks>
    /// Without a tenant the paths are still derived (<c>workspace:prod</c>, …): budgets are rooted at a tenant, so none of them can
    /// have one, and the answer names them.
    /// </remarks>
    public static ScopePath[] Derive(Subject subject)
    {
        var count = 0;
        foreach (var level in Levels)
        {
            count += subject[level] is null ? 0 : 1;
        }

        var scopes = new ScopePath[count];
        var path = new StringBuilder(64);
        var next = 0;
        foreach (var level in Levels)
        {
            if (subject[level] is not { } value)
            {
                continue;
            }

            if (next > 0)
            {
                path.Append('/');
            }

            path.Append(ScopeLevels.NameOf(level)).Append(':').Append(value.ToLowerInvariant());
            scopes[next++] = new ScopePath(path.ToString());
        }

        return scopes;
    }
}
