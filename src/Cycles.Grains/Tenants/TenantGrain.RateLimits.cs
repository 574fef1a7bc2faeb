using Cycles.Grains.Admission;
using Cycles.Grains.Limits;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Tenants;

// The rate limits of the tenant's policies. The counts live with this activation: all of the tenant's requests pass here, and one that
// moves or restarts begins to count anew, which lets at most one more window through.
internal sealed partial class TenantGrain
{
    private readonly RateLimiter _limiter = new();

    // The reserves that are on their way, and whether each has been counted: it is once, however often it is tried again on fresh state.
    private readonly Dictionary<string, bool> _reserving = [];

    // Monotonic, and not the store's clock: a clock that is set must not open the window, and one that waits must not keep it shut.
    private long LimiterMs => (long)time.GetElapsedTime(0).TotalMilliseconds;

    public ValueTask<Problem?> AdmitReservation(string id, RateLimit limit)
    {
        if (_reserving.TryGetValue(id, out var isCounted) && isCounted)
        {
            return new((Problem?)null);
        }

        var problem = Take(limit);
        if (problem is null && _reserving.ContainsKey(id))
        {
            _reserving[id] = true;
        }

        return new(problem);
    }

    public async ValueTask<Problem?> AdmitCommit(ScopePath[] scopes)
    {
        if ((await LoadedAsync()).State is not { Tenant.Status: not TenantStatus.Closed } state)
        {
            return null;
        }

        var policy = PolicyRules.Match(state.Policies, scopes, clock.Now);
        return RateLimit.Of(RateLimitKind.Commits, policy, scopes) is { } limit ? Take(limit) : null;
    }

    /// <summary>The admission as the governing policy's rate limit leaves it. Counts nothing: the request may be a replay.</summary>
    private Peers.Admission Throttle(Peers.Admission admission)
    {
        if (admission.RateLimit is not { } limit || _limiter.WaitMs(limit, LimiterMs) is not (> 0 and var waitMs))
        {
            return admission;
        }

        Telemetry.Throttled(limit.Kind);
        return admission with { Problem = limit.ToProblem(waitMs, clock.NowMs), RateLimit = null };
    }

    /// <summary>
    /// The same for a reserve, which counts: now, when its id is certainly new; else the reservation asks once it knows that it does not
    /// exist yet.
    /// </summary>
    private Peers.Admission ThrottleReserve(string id, bool isAlone, Peers.Admission admission)
    {
        if (admission.RateLimit is not { } limit)
        {
            return admission;
        }

        if (isAlone && _reserving[id])
        {
            return admission with { RateLimit = null };
        }

        if (!isAlone || !ledgers.IsNew(TenantId, id, out _))
        {
            // Not even a full limit says anything yet: a retry may reach the reservation before the request that it repeats, and then
            // it is taken on that one's count.
            return admission;
        }

        var problem = Take(limit);
        _reserving[id] = problem is null;
        return admission with { Problem = problem, RateLimit = null };
    }

    private Problem? Take(RateLimit limit)
    {
        if (_limiter.Take(limit, LimiterMs) is not (> 0 and var waitMs))
        {
            return null;
        }

        Telemetry.Throttled(limit.Kind);
        return limit.ToProblem(waitMs, clock.NowMs);
    }
}
