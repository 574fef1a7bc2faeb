using System.Diagnostics.CodeAnalysis;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Keys;

/// <summary>
/// The part of its tenant that an API key is restricted to (<c>scope_filter</c>). An entry is <c>workspace:eng</c> or <c>agent:*</c>. Entries of one
/// level are alternatives, and levels narrow each other: <c>["workspace:eng", "agent:*"]</c> is the workspace eng, as the schema's example says,
/// and not every agent besides.
/// </summary>
/// <remarks>
/// A scope is inside when it names at least one level of the filter, and has one of the listed values at every level that the filter pins. A
/// level with a <c>*</c> is not pinned: a scope may leave it out. So what lies below a scope that is inside is inside too, and what lies above it is not.
/// </remarks>
[GenerateSerializer, Immutable, Alias("cycles.scope-filter")]
public sealed class ScopeFilter
{
    /// <summary>The most entries of a filter.</summary>
    public const int MaxEntries = 100;

    private const char Separator = '/';

    private ScopeFilter(ScopeFilterLevel[] levels) => Levels = levels;

    /// <summary>What the filter says of each level that it names; with none of them nothing is inside.</summary>
    [field: Id(0)]
    internal ScopeFilterLevel[] Levels { get; }

    /// <summary>The filter of a key; null when the key is not restricted.</summary>
    /// <param name="entries">As they are kept. When one of them is malformed, the filter allows nothing.</param>
    public static ScopeFilter? Of(string[]? entries)
    {
        if (entries is not { Length: > 0 })
        {
            return null;
        }

        return TryParse(entries, out var filter, out _) ? filter : new ScopeFilter([]);
    }

    /// <summary>Parses the entries of a filter that restricts.</summary>
    /// <param name="entries">1 to <see cref="MaxEntries"/> entries; case does not matter.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="problem">What is wrong with them, in words for the caller.</param>
    public static bool TryParse(
        string[] entries, [NotNullWhen(true)] out ScopeFilter? filter, [NotNullWhen(false)] out string? problem)
    {
        filter = null;
        if (entries.Length > MaxEntries)
        {
            problem = $"scope_filter must have at most {MaxEntries} entries";
            return false;
        }

        var levels = new SortedDictionary<ScopeLevel, List<string>>();
        for (var i = 0; i < entries.Length; i++)
        {
            if (!TryParse(entries[i], out var level, out var value))
            {
                problem = $"scope_filter[{i}] must be <level>:<id> or <level>:*, with a level of {ScopeLevels.Known}"
                    + $" and an id of 1 to {ScopePath.MaxValueLength} characters out of {SubjectCharset.Description}";
                return false;
            }

            levels.TryAdd(level, []);
            levels[level].Add(value);
        }

        filter = new ScopeFilter([.. levels.Select(level => new ScopeFilterLevel(
            level.Key, level.Value.Contains("*") ? null : [.. level.Value.Distinct().Order(StringComparer.Ordinal)]))]);
        problem = null;
        return true;
    }

    /// <summary>Whether a scope is inside; for a subject this is asked of the deepest scope that it derives.</summary>
    public bool Allows(ScopePath scope)
    {
        var isNamed = false;
        foreach (var level in Levels)
        {
            var value = scope.ValueAt(level.Level);
            if (value.IsEmpty)
            {
                if (level.Values is not null)
                {
                    return false;
                }
            }
            else if (level.Has(value))
            {
                isNamed = true;
            }
            else
            {
                return false;
            }
        }

        return isNamed;
    }

    /// <summary>Whether every scope that a policy's pattern can match is inside.</summary>
    /// <param name="pattern">A pattern of <see cref="Policies.ScopePattern"/>.</param>
    /// <param name="tenantId">The policy's tenant: patterns act within it.</param>
    public bool AllowsPattern(string pattern, string tenantId)
    {
        // What stays of the pattern are segments that every scope it matches has. A '*' among them is any value: none that a level lists.
        var segments = pattern.ToLowerInvariant();
        segments = segments switch
        {
            "*" => string.Empty,
            _ when segments.StartsWith("*/", StringComparison.Ordinal) => segments[2..],
            _ when segments.EndsWith("/*", StringComparison.Ordinal) => segments[..^2],
            _ => segments,
        };
        var root = $"{ScopeLevels.NameOf(ScopeLevel.Tenant)}:";
        return Allows(ScopePath.FromCanonical(
            segments.StartsWith(root, StringComparison.Ordinal) ? segments : $"{root}{tenantId}{Separator}{segments}"));
    }

    /// <summary>Whether a scope that is under <paramref name="prefix"/> can be inside (<see cref="ScopePath.IsUnder"/>).</summary>
    public bool CanReach(string prefix) => CanReach(prefix.ToLowerInvariant().Split(Separator));

    /// <summary>Whether a scope that has all of these segments can be inside; one without its value, such as <c>workspace:</c>, is any.</summary>
    public bool CanReach(string[] segments) => Array.TrueForAll(segments, CanReachSegment);

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', Levels.Select(
        level => $"{ScopeLevels.NameOf(level.Level)}:{(level.Values is null ? "*" : string.Join('|', level.Values))}"));

    private static bool TryParse(string? entry, out ScopeLevel level, out string value)
    {
        level = default;
        value = string.Empty;
        if (entry is null || entry.IndexOf(':') is not (> 0 and var colon) || !ScopeLevels.TryParse(entry[..colon].ToLowerInvariant(), out level))
        {
            return false;
        }

        value = entry[(colon + 1)..].ToLowerInvariant();
        return value == "*" || (value.Length is > 0 and <= ScopePath.MaxValueLength && SubjectCharset.IsValid(value));
    }

    private bool CanReachSegment(string segment)
    {
        foreach (var level in Levels)
        {
            var name = ScopeLevels.NameOf(level.Level);
            if (level.Values is not null
                && segment.StartsWith(name, StringComparison.Ordinal)
                && segment.Length > name.Length
                && segment[name.Length] == ':')
            {
                var value = segment[(name.Length + 1)..];
                return value.Length == 0 || level.Has(value);
            }
        }

        return Levels.Length > 0;
    }
}

/// <summary>What a filter says of one level.</summary>
/// <param name="Level">The level.</param>
/// <param name="Values">The values that are inside, in lower case; null when any is.</param>
[GenerateSerializer, Immutable, Alias("cycles.scope-filter-level")]
internal sealed record ScopeFilterLevel([property: Id(0)] ScopeLevel Level, [property: Id(1)] string[]? Values)
{
    public bool Has(ReadOnlySpan<char> value)
    {
        if (Values is null)
        {
            return true;
        }

        foreach (var known in Values)
        {
            if (value.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }
}
