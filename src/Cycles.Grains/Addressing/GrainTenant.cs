namespace Cycles.Grains.Addressing;

/// <summary>The tenant in a grain's key: <c>acme</c>, <c>tenant:acme/…</c>, or a derived id such as <c>rsv_acme_…</c>.</summary>
internal static class GrainTenant
{
    private const string ScopeRoot = "tenant:";

    public static string Of(string grainKey)
    {
        if (grainKey.StartsWith(ScopeRoot, StringComparison.Ordinal))
        {
            var slash = grainKey.IndexOf('/', StringComparison.Ordinal);
            return grainKey[ScopeRoot.Length..(slash < 0 ? grainKey.Length : slash)];
        }

        var first = grainKey.IndexOf('_', StringComparison.Ordinal);
        var last = grainKey.LastIndexOf('_');
        return first >= 0 && last > first ? grainKey[(first + 1)..last] : grainKey;
    }
}
