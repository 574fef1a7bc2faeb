using Cycles.Protocol.Keys;

namespace Cycles.Protocol.Tests.Keys;

public sealed class PermissionsTests
{
    [Theory]
    [InlineData("budgets:read", "budgets:read", true)]
    [InlineData("budgets:read", "budgets:write", false)]
    [InlineData("budgets:write", "budgets:read", false)]
    [InlineData("admin:write", "budgets:write", true)]
    [InlineData("admin:write", "policies:write", true)]
    [InlineData("admin:write", "webhooks:write", true)]
    [InlineData("admin:write", "budgets:read", false)]
    [InlineData("admin:write", "reservations:create", false)]
    [InlineData("admin:read", "balances:read", true)]
    [InlineData("admin:read", "events:read", true)]
    [InlineData("admin:read", "budgets:write", false)]
    [InlineData("admin:read", "reservations:list", false)]
    [InlineData("admin:budgets:read", "budgets:read", true)]
    [InlineData("admin:budgets:write", "budgets:write", true)]
    [InlineData("admin:budgets:write", "policies:write", false)]
    [InlineData("admin:budgets:write", "budgets:read", false)]
    public void A_permission_satisfies_what_the_wildcards_say(string granted, string required, bool satisfies) =>
        Assert.Equal(satisfies, Permissions.Satisfy([granted], required));

    [Theory]
    [InlineData("*")]
    [InlineData("admin:*")]
    [InlineData("budgets:*")]
    [InlineData("Budgets:read")]
    [InlineData("")]
    [InlineData("admin:overview:read")]
    public void What_the_protocol_does_not_name_is_no_permission(string permission) => Assert.False(Permissions.IsKnown(permission));

    [Fact]
    public void Webhooks_and_events_are_not_granted_by_default()
    {
        Assert.Equal(27, Permissions.All.Count);
        Assert.Equal(10, Permissions.Default.Length);
        Assert.DoesNotContain(Permissions.Default, permission => permission.StartsWith("webhooks:") || permission.StartsWith("events:") || permission.StartsWith("admin:"));
    }
}
