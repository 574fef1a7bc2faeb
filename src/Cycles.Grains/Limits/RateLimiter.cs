using System.Runtime.InteropServices;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Limits;

/// <summary>
/// The counts behind a tenant's rate limits, in memory: what came in the last 60 s, for each policy and each scope that it matched. They
/// belong to the policy, not to its present limit: a limit that is lowered counts what has been already.
/// </summary>
internal sealed class RateLimiter
{
    /// <summary>The most scopes that are counted at a time. A tenant that uses more within a minute waits until some are forgotten.</summary>
    public const int MostScopes = 100_000;

    private const long SweepWhenFullEveryMs = 1_000;

    private readonly Dictionary<(RateLimitKind Kind, string PolicyId, ScopePath Scope), SlidingWindow> _windows = [];
    private long _sweptAtMs;

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
        SweepAtTimes(nowMs);
        if (WaitMs(limit, nowMs) is > 0 and var waitMs)
        {
            return waitMs;
        }

        if (!HasRoomFor(limit))
        {
            // By then all of today's counts are over.
            return SlidingWindow.LengthMs;
        }

        foreach (var scope in limit.Scopes)
        {
            ref var window = ref CollectionsMarshal.GetValueRefOrAddDefault(_windows, (limit.Kind, limit.PolicyId, scope), out _);
            (window ??= new SlidingWindow()).Add(nowMs);
        }

        return 0;
    }

    private bool HasRoomFor(RateLimit limit)
    {
        var added = 0;
        foreach (var scope in limit.Scopes)
        {
            added += _windows.ContainsKey((limit.Kind, limit.PolicyId, scope)) ? 0 : 1;
        }

        return _windows.Count + added <= MostScopes;
    }

    /// <summary>Lets go of what has no requests any more, so that agents that come and go leave nothing behind.</summary>
    private void SweepAtTimes(long nowMs)
    {
        if (nowMs - _sweptAtMs < (_windows.Count < MostScopes ? SlidingWindow.LengthMs : SweepWhenFullEveryMs))
        {
            return;
        }

        _sweptAtMs = nowMs;
        foreach (var (key, window) in _windows)
        {
            if (window.IsEmpty(nowMs))
            {
                _windows.Remove(key);
            }
        }
    }
}
