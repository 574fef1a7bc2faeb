using System.Runtime.InteropServices;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Limits;

/// <summary>
/// The counts behind a tenant's rate limits, in memory: what came in the last 60 s, for each policy and each scope that it matched. They
/// belong to the policy, not to its present limit: a limit that is lowered counts what has been already.
/// </summary>
internal sealed class RateLimiter
{
    private readonly Dictionary<(RateLimitKind Kind, string PolicyId, ScopePath Scope), SlidingWindow> _windows = [];
    private long _nextSweepMs;

    /// <summary>How long until one more request may pass, in milliseconds; 0 when it may now. Counts nothing.</summary>
    public long WaitMs(RateLimit limit, long nowMs)
    {
        var waitMs = 0L;
        foreach (var scope in limit.Scopes)
        {
            if (_windows.TryGetValue((limit.Kind, limit.PolicyId, scope), out var window))
            {
                waitMs = Math.Max(waitMs, window.WaitMs(limit.PerMinute, nowMs));
            }
        }

        return waitMs;
    }

    /// <summary>Counts one more request at every scope, or at none when one of them has no room.</summary>
    /// <returns>0 when it was counted; else how long until it may come again, in milliseconds.</returns>
    public long Take(RateLimit limit, long nowMs)
    {
        Sweep(nowMs);
        if (WaitMs(limit, nowMs) is > 0 and var waitMs)
        {
            return waitMs;
        }

        foreach (var scope in limit.Scopes)
        {
            ref var window = ref CollectionsMarshal.GetValueRefOrAddDefault(_windows, (limit.Kind, limit.PolicyId, scope), out _);
            (window ??= new SlidingWindow()).Add(nowMs);
        }

        return 0;
    }

    /// <summary>Once a minute lets go of what has no requests any more, so that agents that come and go leave nothing behind.</summary>
    private void Sweep(long nowMs)
    {
        if (nowMs < _nextSweepMs)
        {
            return;
        }

        _nextSweepMs = nowMs + SlidingWindow.LengthMs;
        foreach (var (key, window) in _windows)
        {
            if (window.IsEmpty(nowMs))
            {
                _windows.Remove(key);
            }
        }
    }
}
