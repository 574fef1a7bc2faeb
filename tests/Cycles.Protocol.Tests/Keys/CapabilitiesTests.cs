using System.Reflection;
using Cycles.Protocol.Keys;

namespace Cycles.Protocol.Tests.Keys;

public sealed class CapabilitiesTests
{
    /// <summary>The protocol's table (CAPABILITY DERIVATION), as it stands there.</summary>
    private static readonly Dictionary<string, string[]> Table = new()
    {
        ["ViewBudgets"] = ["budgets:read", "admin:read", "admin:budgets:read"],
        ["ViewPolicies"] = ["policies:read", "admin:read", "admin:policies:read"],
        ["ViewWebhooks"] = ["webhooks:read", "admin:read", "admin:webhooks:read"],
        ["ViewEvents"] = ["events:read", "admin:read", "admin:events:read"],
        ["ViewReservations"] =
            ["reservations:list", "reservations:create", "reservations:commit", "reservations:release", "reservations:extend", "admin:read"],
        ["ManageBudgets"] = ["budgets:write", "admin:write", "admin:budgets:write"],
        ["ManagePolicies"] = ["policies:write", "admin:write", "admin:policies:write"],
        ["ManageWebhooks"] = ["webhooks:write", "admin:write", "admin:webhooks:write"],
        ["ManageReservations"] =
            ["reservations:create", "reservations:commit", "reservations:release", "reservations:extend", "admin:write"],
    };

    public static TheoryData<string> AllPermissions => [.. Permissions.All];

    [Theory]
    [MemberData(nameof(AllPermissions))]
    public void A_permission_gives_the_capabilities_of_the_table_and_no_others(string permission) => Assert.Equal(
        Table.Where(row => row.Value.Contains(permission)).Select(row => row.Key).Order(),
        TrueOnes(Capabilities.Of([permission])).Order());

    [Fact]
    public void The_admin_has_all_and_nobody_has_none()
    {
        Assert.Equal(15, TrueOnes(Capabilities.All).Count());
        Assert.Empty(TrueOnes(Capabilities.Of([])));
        Assert.Equal(Table.Keys.Order(), TrueOnes(Capabilities.Of([.. Permissions.All])).Order());
    }

    private static IEnumerable<string> TrueOnes(Capabilities capabilities) => typeof(Capabilities)
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.PropertyType == typeof(bool) && (bool)property.GetValue(capabilities)!)
        .Select(property => property.Name);
}
