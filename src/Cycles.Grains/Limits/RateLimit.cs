using Cycles.Protocol.Errors;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Limits;

/// <summary>The limit that the governing policy sets on one request. "Per scope": each scope that the pattern matches has its own count.</summary>
/// <param name="Kind">What is counted.</param>
/// <param name="PolicyId">The policy.</param>
/// <param name="PolicyName">Its name, for messages.</param>
/// <param name="PerMinute">The most requests in any 60 s, at least 1.</param>
/// <param name="Scopes">The derived scopes that the policy's pattern matches: the request counts at each of them.</param>
[GenerateSerializer, Immutable, Alias("cycles.rate-limit")]
internal sealed record RateLimit(
    [property: Id(0)] RateLimitKind Kind,
    [property: Id(1)] string PolicyId,
    [property: Id(2)] string PolicyName,
    [property: Id(3)] int PerMinute,
    [property: Id(4)] ScopePath[] Scopes)
{
    /// <summary>The limit of a policy; null when it sets none.</summary>
    internal static RateLimit? Of(RateLimitKind kind, Policy? policy, ScopePath[] scopes)
    {
        var perMinute = kind == RateLimitKind.Reservations
            ? policy?.RateLimits?.MaxReservationsPerMinute
            : policy?.RateLimits?.MaxCommitsPerMinute;
        return perMinute is { } most
            ? new RateLimit(
                kind,
                policy!.PolicyId,
                policy.Name,
                most,
                Array.FindAll(scopes, scope => ScopePattern.Matches(policy.ScopePattern, scope.Value)))
            : null;
    }

    /// <summary>429 LIMIT_EXCEEDED (ERROR SEMANTICS).</summary>
    /// <param name="waitMs">From now until it is taken, in milliseconds.</param>
    /// <param name="nowMs">The store's clock, in Unix milliseconds.</param>
    internal Problem ToProblem(long waitMs, long nowMs) => new(
        ErrorCode.LimitExceeded,
        $"Policy '{PolicyName}' limits {(Kind == RateLimitKind.Reservations ? "reservations" : "commits")} to {PerMinute} a minute "
            + $"in each scope that it matches; the next one in {(waitMs + 999) / 1000} s",
        Throttling: new Throttling(waitMs, nowMs + waitMs));
}
