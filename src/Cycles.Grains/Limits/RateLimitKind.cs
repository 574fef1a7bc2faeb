namespace Cycles.Grains.Limits;

/// <summary>What a rate limit counts (schema <c>RateLimits</c>).</summary>
internal enum RateLimitKind
{
    /// <summary>Reserve requests.</summary>
    Reservations,

    /// <summary>Commit requests.</summary>
    Commits,
}
