using Cycles.Grains.Tenants;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Tests.Tenants;

public sealed class PolicyChangesTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(1);

    private static readonly Policy Full = PolicyChanges.Create(
        "acme",
        new PolicyCreateRequest
        {
            Name = "name",
            Description = "words",
            ScopePattern = "agent:*",
            Priority = 3,
            Caps = new Caps { MaxTokens = 1 },
            CommitOveragePolicy = OveragePolicy.Reject,
            ReservationTtlOverride = new ReservationTtlOverride(MaxTtlMs: 5000),
            RateLimits = new RateLimits(5, 6),
            EffectiveFrom = Now,
            EffectiveUntil = Now.AddDays(1),
        },
        Now);

    [Fact]
    public void What_is_absent_stays()
    {
        var updated = PolicyChanges.Update(Full, new PolicyUpdateRequest(), Now.AddHours(1));

        Assert.Equal(Full with { UpdatedAt = Now.AddHours(1) }, updated);
        Assert.Empty(PolicyChanges.ChangedFields(Full, updated));
    }

    [Fact]
    public void An_object_replaces_the_whole_and_an_empty_one_takes_it_away()
    {
        var replaced = PolicyChanges.Update(Full, new PolicyUpdateRequest { RateLimits = new RateLimits(MaxCommitsPerMinute: 9) }, Now);
        var cleared = PolicyChanges.Update(
            Full,
            new PolicyUpdateRequest { Description = "", Caps = new Caps(), RateLimits = new RateLimits(), ReservationTtlOverride = new ReservationTtlOverride() },
            Now);

        Assert.Equal(new RateLimits(null, 9), replaced.RateLimits);
        Assert.Equal(["rate_limits"], PolicyChanges.ChangedFields(Full, replaced));
        Assert.Null(cleared.Description);
        Assert.Null(cleared.Caps);
        Assert.Null(cleared.RateLimits);
        Assert.Null(cleared.ReservationTtlOverride);
        Assert.Equal(["description", "caps", "reservation_ttl_override", "rate_limits"], PolicyChanges.ChangedFields(Full, cleared));
    }

    [Fact]
    public void A_policy_that_is_created_with_empty_objects_has_none()
    {
        var policy = PolicyChanges.Create(
            "acme", new PolicyCreateRequest { Name = "n", ScopePattern = "*", Caps = new Caps(), RateLimits = new RateLimits() }, Now);

        Assert.Null(policy.Caps);
        Assert.Null(policy.RateLimits);
        Assert.Equal(0, policy.Priority);
        Assert.Equal(PolicyStatus.Active, policy.Status);
    }
}
