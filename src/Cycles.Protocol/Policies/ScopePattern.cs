using System.Diagnostics.CodeAnalysis;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Policies;

/// <summary>
/// How a policy names scopes (createPolicy, SCOPE PATTERNS). Four forms: <c>tenant:acme</c> (exact), <c>tenant:acme/*</c> (every
/// descendant), <c>agent:*</c> (any scope whose leaf is an agent; <c>tenant:acme/agent:*</c> only right below that path), and
/// <c>*/agent:summarizer</c> (any scope that ends so). A bare <c>*</c> means any scope. A policy acts within its own tenant only.
/// </summary>
public static class ScopePattern
{
    private const string Any = "*";
    private const string AnyAncestor = "*/";
    private const string AnyDescendant = "/*";
    private const string AnyId = ":*";

    private const string Forms =
        "scope_pattern must be <scope> (exact), <scope>/* (all below it), <level>:* or <scope>/<level>:* (any of a level), "
        + "*/<level>:<id> (that, wherever it is), or * (any)";

    /// <summary>Parses a pattern as its owner writes it. Ids are lower-cased, as in the scopes that it is to match.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="tenantId">Whose policy it is: no other tenant's scopes are its to name.</param>
    /// <param name="pattern">The canonical pattern.</param>
    /// <param name="problem">What is wrong with it, in words for the caller.</param>
    public static bool TryParse(
        string text, string tenantId, [NotNullWhen(true)] out string? pattern, [NotNullWhen(false)] out string? problem)
    {
        problem = Check(text, tenantId);
        pattern = problem is null ? text.ToLowerInvariant() : null;
        return problem is null;
    }

    /// <summary>Whether <paramref name="pattern"/> matches the canonical path <paramref name="scope"/>.</summary>
    public static bool Matches(string pattern, ReadOnlySpan<char> scope)
    {
        var text = pattern.AsSpan();
        if (text is Any)
        {
            return true;
        }

        if (text.StartsWith(AnyAncestor))
        {
            var tail = text[AnyAncestor.Length..];
            return scope.EndsWith(tail) && scope.Length > tail.Length && scope[^(tail.Length + 1)] == '/';
        }

        if (text.EndsWith(AnyDescendant))
        {
            return scope.Length > text.Length - 1 && scope.StartsWith(text[..^1]);
        }

        if (text.EndsWith(AnyId))
        {
            // `agent:*` looks at the leaf alone; `tenant:acme/agent:*` also at the path before it.
            var leaf = scope[(scope.LastIndexOf('/') + 1)..];
            var head = text[..^1];
            var slash = head.LastIndexOf('/');
            return slash < 0
                ? leaf.StartsWith(head)
                : scope.StartsWith(head) && !scope[head.Length..].Contains('/');
        }

        return scope.SequenceEqual(text);
    }

    private static string? Check(string text, string tenantId)
    {
        if (text == Any)
        {
            return null;
        }

        if (text.StartsWith(AnyAncestor, StringComparison.Ordinal))
        {
            // Whatever stands before it, the tenant is part of that: nothing ends in a tenant that has something before it.
            return CheckScope($"tenant:{tenantId}/{text[AnyAncestor.Length..]}", tenantId);
        }

        if (text.EndsWith(AnyDescendant, StringComparison.Ordinal))
        {
            return CheckScope(text[..^AnyDescendant.Length], tenantId);
        }

        if (text.EndsWith(AnyId, StringComparison.Ordinal))
        {
            var level = text[..^AnyId.Length];
            return ScopeLevels.TryParse(level, out _) ? null : CheckScope($"{level}:any", tenantId);
        }

        return CheckScope(text, tenantId);
    }

    private static string? CheckScope(string text, string tenantId)
    {
        if (!ScopePath.TryParse(text, out var scope, out var why))
        {
            return $"{Forms}: {why}";
        }

        return scope.TenantId == tenantId ? null : $"scope_pattern must lie within tenant:{tenantId}";
    }
}
