namespace Cycles.Protocol.Policies;

/// <summary>
/// How a policy names scopes. Four forms: <c>tenant:acme</c> (exact), <c>tenant:acme/*</c> (every descendant), <c>agent:*</c> (any
/// scope whose leaf is an agent), <c>*/agent:summarizer</c> (any scope that ends so). A policy acts within its own tenant only.
/// </summary>
public static class ScopePattern
{
    /// <summary>Whether <paramref name="pattern"/> matches the canonical path <paramref name="scope"/>.</summary>
    public static bool Matches(string pattern, ReadOnlySpan<char> scope)
    {
        var text = pattern.AsSpan();
        if (text is "*")
        {
            return true;
        }

        if (text.StartsWith("*/"))
        {
            var tail = text[2..];
            return scope.EndsWith(tail) && (scope.Length == tail.Length || scope[^(tail.Length + 1)] == '/');
        }

        if (text.EndsWith("/*"))
        {
            return scope.Length > text.Length - 1 && scope.StartsWith(text[..^1]);
        }

        if (text.EndsWith(":*"))
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
}
