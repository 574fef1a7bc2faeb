using CsCheck;
using Cycles.Grains.Limits;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Tests.Limits;

public sealed class RateLimiterTests
{
    private const long WindowMs = 60_000;

    private readonly RateLimiter _limiter = new();

    [Fact]
    public void Every_scope_that_the_pattern_matches_has_its_own_count()
    {
        Assert.Equal(0, _limiter.Take(Limit(1, "a"), 0));
        Assert.Equal(0, _limiter.Take(Limit(1, "b"), 0));
        Assert.Equal(WindowMs, _limiter.Take(Limit(1, "a"), 0));
    }

    [Fact]
    public void A_request_that_one_scope_has_no_room_for_counts_at_none()
    {
        _limiter.Take(Limit(2, "a"), 0);
        _limiter.Take(Limit(2, "a"), 0);

        Assert.Equal(WindowMs, _limiter.Take(Limit(2, "a", "b"), 0));

        Assert.Equal(0, _limiter.Take(Limit(1, "b"), 0));
    }

    [Fact]
    public void Of_several_full_scopes_the_longest_wait_is_told()
    {
        _limiter.Take(Limit(1, "a"), 0);
        _limiter.Take(Limit(1, "b"), 100);

        Assert.Equal(WindowMs - 50, _limiter.WaitMs(Limit(1, "a", "b"), 150));
    }

    [Fact]
    public void Reservations_and_commits_and_policies_do_not_count_for_each_other()
    {
        _limiter.Take(Limit(1, "a"), 0);

        Assert.Equal(0, _limiter.Take(Limit(1, "a") with { Kind = RateLimitKind.Commits }, 0));
        Assert.Equal(0, _limiter.Take(Limit(1, "a") with { PolicyId = "other" }, 0));
    }

    [Fact]
    public void Looking_counts_nothing()
    {
        Assert.Equal(0, _limiter.WaitMs(Limit(1, "a"), 0));
        Assert.Equal(0, _limiter.WaitMs(Limit(1, "a"), 0));
        Assert.Equal(0, _limiter.Take(Limit(1, "a"), 0));
    }

    [Fact]
    public void A_tenant_with_too_many_scopes_waits_until_some_are_forgotten()
    {
        for (var i = 0; i < RateLimiter.MostScopes; i++)
        {
            Assert.Equal(0, _limiter.Take(Limit(1, $"{i}"), WindowMs));
        }

        Assert.Equal(WindowMs, _limiter.Take(Limit(1, "new"), WindowMs));
        Assert.Equal(0, _limiter.Take(Limit(2, "0"), WindowMs));
        Assert.Equal(0, _limiter.Take(Limit(1, "new"), 2 * WindowMs));
    }

    [Fact]
    public void However_requests_mix_no_scope_has_more_than_the_limit_in_any_minute() => Gen.Select(
        Gen.Int[1, 5], Gen.Select(Gen.Long[0, 9_000], Gen.OneOfConst("a", "b", "c").HashSet[1, 3]).Array[1, 100]).Sample(
        (limit, requests) =>
        {
            var limiter = new RateLimiter();
            var taken = new List<(long AtMs, HashSet<string> Scopes)>();
            var nowMs = 0L;
            foreach (var (pause, scopes) in requests)
            {
                nowMs += pause;
                var hasRoom = scopes.All(scope => taken.Count(one => nowMs - one.AtMs < WindowMs && one.Scopes.Contains(scope)) < limit);
                Assert.Equal(hasRoom, limiter.Take(Limit(limit, [.. scopes]), nowMs) == 0);
                if (hasRoom)
                {
                    taken.Add((nowMs, scopes));
                }
            }
        },
        iter: 1_000);

    [Fact]
    public void A_limit_knows_the_scopes_that_its_policy_matches()
    {
        var scopes = ScopeDerivation.Derive(new Subject { Tenant = "acme", Workspace = "w", Agent = "a" });
        var policy = new Policy
        {
            PolicyId = "p",
            Name = "p",
            ScopePattern = "tenant:acme/*",
            CreatedAt = DateTimeOffset.UnixEpoch,
            RateLimits = new RateLimits(MaxReservationsPerMinute: 7),
        };

        var limit = RateLimit.Of(RateLimitKind.Reservations, policy, scopes);

        Assert.Equal(7, limit!.PerMinute);
        Assert.Equal(["tenant:acme/workspace:w", "tenant:acme/workspace:w/agent:a"], limit.Scopes.Select(scope => scope.Value));
        Assert.Null(RateLimit.Of(RateLimitKind.Commits, policy, scopes));
        Assert.Null(RateLimit.Of(RateLimitKind.Reservations, null, scopes));
    }

    [Fact]
    public void The_refusal_says_when_to_come_again()
    {
        var problem = Limit(3, "a").ToProblem(1_001, 5_000);

        Assert.Equal(ErrorCode.LimitExceeded, problem.Code);
        Assert.Equal(new Throttling(1_001, 6_001), problem.Throttling);
        Assert.Contains("in 2 s", problem.Message);
    }

    private static RateLimit Limit(int perMinute, params string[] agents) => new(
        RateLimitKind.Reservations, "pol", "name", perMinute, Array.ConvertAll(agents, agent => ScopePath.FromCanonical($"tenant:acme/agent:{agent}")));
}
