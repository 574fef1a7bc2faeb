using Cycles.Grains.Admission;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Tests.Admission;

public sealed class PolicyRulesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(100);

    private static readonly ScopePath[] Scopes =
        ScopeDerivation.Derive(new Subject { Tenant = "acme", Workspace = "w", Agent = "a" });

    [Fact]
    public void The_highest_priority_wins_however_shallow() => Assert.Equal("high", Winner(
        Policy("deep", "tenant:acme/workspace:w/agent:a"), Policy("high", "tenant:acme", priority: 1)));

    [Fact]
    public void Among_equals_the_deepest_match_wins() => Assert.Equal("deep", Winner(
        Policy("root", "tenant:acme"), Policy("deep", "*/agent:a"), Policy("middle", "tenant:acme/workspace:w")));

    [Fact]
    public void Among_equally_deep_ones_the_longer_pattern_wins() => Assert.Equal("exact", Winner(
        Policy("wild", "agent:*"), Policy("exact", "tenant:acme/workspace:w/agent:a")));

    [Fact]
    public void Among_equal_patterns_the_newer_wins() => Assert.Equal("new", Winner(
        Policy("old", "agent:*"), Policy("new", "agent:*") with { CreatedAt = Now.AddDays(-1) }));

    [Fact]
    public void A_policy_outside_its_window_or_disabled_does_not_count() => Assert.Null(Winner(
        Policy("later", "tenant:acme") with { EffectiveFrom = Now.AddSeconds(1) },
        Policy("past", "tenant:acme") with { EffectiveUntil = Now.AddSeconds(-1) },
        Policy("off", "tenant:acme") with { Status = PolicyStatus.Disabled }));

    [Fact]
    public void The_order_in_which_policies_stand_does_not_matter()
    {
        Policy[] policies = [Policy("a", "agent:*"), Policy("b", "agent:*"), Policy("c", "tenant:acme")];

        Assert.Equal(Winner(policies), Winner([.. policies.Reverse()]));
    }

    private static string? Winner(params Policy[] policies) => PolicyRules.Match(policies, Scopes, Now)?.PolicyId;

    private static Policy Policy(string id, string pattern, int priority = 0) => new()
    {
        PolicyId = id,
        Name = id,
        ScopePattern = pattern,
        Priority = priority,
        CreatedAt = Now.AddDays(-10),
    };
}
