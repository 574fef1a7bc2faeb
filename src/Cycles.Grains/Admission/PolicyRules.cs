using Cycles.Protocol.Policies;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Admission;

/// <summary>Which policy governs a request.</summary>
internal static class PolicyRules
{
    /// <summary>
    /// The policy in force whose pattern matches one of the derived scopes. Of several the highest priority wins; among equals the one
    /// that matches deepest, then the longer pattern, then the newer, then the greater id, so that there is always exactly one winner.
    /// </summary>
    public static Policy? Match(IReadOnlyCollection<Policy> policies, ScopePath[] scopes, DateTimeOffset now)
    {
        Policy? winner = null;
        var winnerDepth = -1;
        foreach (var policy in policies)
        {
            if (policy.Priority < winner?.Priority || !policy.IsEffectiveAt(now) || DeepestMatch(policy, scopes) is not (>= 0 and var depth))
            {
                continue;
            }

            if (winner is null || Compare(policy, depth, winner, winnerDepth) > 0)
            {
                (winner, winnerDepth) = (policy, depth);
            }
        }

        return winner;
    }

    private static int DeepestMatch(Policy policy, ScopePath[] scopes)
    {
        for (var depth = scopes.Length - 1; depth >= 0; depth--)
        {
            if (ScopePattern.Matches(policy.ScopePattern, scopes[depth].Value))
            {
                return depth;
            }
        }

        return -1;
    }

    private static int Compare(Policy left, int leftDepth, Policy right, int rightDepth)
    {
        ReadOnlySpan<int> differences =
        [
            left.Priority.CompareTo(right.Priority),
            leftDepth.CompareTo(rightDepth),
            left.ScopePattern.Length.CompareTo(right.ScopePattern.Length),
            left.CreatedAt.CompareTo(right.CreatedAt),
            string.CompareOrdinal(left.PolicyId, right.PolicyId),
        ];
        var first = differences.IndexOfAnyExcept(0);
        return first < 0 ? 0 : differences[first];
    }
}
