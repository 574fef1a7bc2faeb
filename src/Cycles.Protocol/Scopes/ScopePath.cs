using System.Diagnostics.CodeAnalysis;

namespace Cycles.Protocol.Scopes;

/// <summary>
/// A canonical scope path: <c>tenant:acme/workspace:prod/agent:bot</c>. Always rooted at a tenant, levels strictly in canonical
/// order (gaps allowed), lower case. Made by <see cref="TryParse"/> or by <see cref="ScopeDerivation"/> and nowhere else.
/// </summary>
[GenerateSerializer, Immutable, Alias("cycles.scope-path")]
public readonly record struct ScopePath : IComparable<ScopePath>
{
    /// <summary>The most characters that one segment's value may have.</summary>
    public const int MaxValueLength = 128;

    internal ScopePath(string value) => Value = value;

    /// <summary>The path as text.</summary>
    [field: Id(0)]
    public string Value { get; }

    /// <summary>The id of the tenant at the root.</summary>
    public string TenantId => Value["tenant:".Length..EndOfFirstSegment];

    /// <summary>The last segment, such as <c>agent:bot</c>.</summary>
    public string Leaf => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The segments from the root to the leaf.</summary>
    public string[] Segments => Value.Split('/');

    /// <summary>This scope and all above it, root first, as paths.</summary>
    public string[] ToAncestry()
    {
        var paths = new string[Value.AsSpan().Count('/') + 1];
        var end = -1;
        for (var i = 0; i < paths.Length - 1; i++)
        {
            end = Value.IndexOf('/', end + 1);
            paths[i] = Value[..end];
        }

        paths[^1] = Value;
        return paths;
    }

    private int EndOfFirstSegment => Value.IndexOf('/') is var slash and >= 0 ? slash : Value.Length;

    /// <summary>Whether the path has <paramref name="segment"/>, such as <c>workspace:prod</c>, as one whole segment.</summary>
    public bool HasSegment(string segment)
    {
        foreach (var range in Value.AsSpan().Split('/'))
        {
            if (Value.AsSpan()[range].SequenceEqual(segment))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a <c>scope_prefix</c> means this scope: the scope that it names and all below it (schema <c>BudgetBulkFilter</c>). One that ends in
    /// <c>/</c> or <c>:</c> names no whole scope, and means every scope that begins like it.
    /// </summary>
    /// <param name="prefix">In lower case.</param>
    public bool IsUnder(ReadOnlySpan<char> prefix) =>
        Value.AsSpan().StartsWith(prefix)
        && (Value.Length == prefix.Length || Value[prefix.Length] == '/' || prefix is [.., '/' or ':']);

    /// <summary>The value at a level, such as <c>prod</c>; empty when the path does not have that level.</summary>
    public ReadOnlySpan<char> ValueAt(ScopeLevel level)
    {
        var name = ScopeLevels.NameOf(level).AsSpan();
        var path = Value.AsSpan();
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.Length > name.Length && segment[name.Length] == ':' && segment.StartsWith(name))
            {
                return segment[(name.Length + 1)..];
            }
        }

        return [];
    }

    /// <summary>Parses a scope as a budget owner writes it. Values are lower-cased, as derivation does.</summary>
    /// <param name="text">The scope.</param>
    /// <param name="path">The canonical path.</param>
    /// <param name="problem">What is wrong with it, in words for the caller.</param>
    public static bool TryParse(string? text, out ScopePath path, [NotNullWhen(false)] out string? problem)
    {
        path = default;
        if (string.IsNullOrEmpty(text))
        {
            problem = "scope must not be empty";
            return false;
        }

        var previous = -1;
        foreach (var segment in text.Split('/'))
        {
            var colon = segment.IndexOf(':');
            if (colon <= 0 || !ScopeLevels.TryParse(segment[..colon], out var level))
            {
                problem = $"scope segment '{segment}' must be <level>:<id> with a level of {ScopeLevels.Known}";
                return false;
            }

            if ((int)level <= previous || (previous < 0 && level != ScopeLevel.Tenant))
            {
                problem = $"scope must begin with tenant:<id> and name its levels once each, in the order {ScopeLevels.Known}";
                return false;
            }

            var value = segment.AsSpan(colon + 1);
            if (value.Length is 0 or > MaxValueLength || !SubjectCharset.IsValid(value))
            {
                problem = $"scope segment '{segment}' must have an id of 1 to {MaxValueLength} characters out of {SubjectCharset.Description}";
                return false;
            }

            previous = (int)level;
        }

        path = new ScopePath(text.ToLowerInvariant());
        problem = null;
        return true;
    }

    /// <summary>A path that this system itself wrote or derived: trusted, not checked again.</summary>
    public static ScopePath FromCanonical(string canonical) => new(canonical);

    /// <inheritdoc/>
    public int CompareTo(ScopePath other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
