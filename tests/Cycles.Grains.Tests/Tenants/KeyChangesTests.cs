using Cycles.Grains.Tenants;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;

namespace Cycles.Grains.Tests.Tenants;

public sealed class KeyChangesTests
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ApiKey Key = new()
    {
        KeyId = "key_acme_1",
        TenantId = "acme",
        KeyPrefix = "cyc_live_abcde",
        Name = "name",
        Permissions = ["budgets:read"],
        ScopeFilter = ["agent:*"],
        Status = ApiKeyStatus.Active,
        CreatedAt = Now,
        ExpiresAt = Now.AddDays(1),
        Metadata = new RawJsonObject("{}"),
    };

    [Fact]
    public void What_a_change_leaves_out_stays()
    {
        Assert.Equal(Key, KeyChanges.Update(Key, new ApiKeyUpdateRequest()));
        Assert.Equal(Key with { Name = "new" }, KeyChanges.Update(Key, new ApiKeyUpdateRequest { Name = "new" }));
    }

    [Fact]
    public void Empty_lists_take_the_permissions_and_lift_the_restriction()
    {
        var changed = KeyChanges.Update(Key, new ApiKeyUpdateRequest { Permissions = [], ScopeFilter = [] });

        Assert.Empty(changed.Permissions);
        Assert.Null(ScopeFilter.Of(changed.ScopeFilter));
    }

    [Fact]
    public void The_audit_log_is_told_what_changed_and_what_the_key_may_now()
    {
        var changed = KeyChanges.Update(Key, new ApiKeyUpdateRequest { Name = "name", Permissions = ["budgets:read"], ScopeFilter = ["agent:a", "agent:b"] });

        Assert.Equal("""{"changed_fields":["scope_filter"],"scope_filter":["agent:a","agent:b"]}""", KeyChanges.Describe(Key, changed).ToJsonString());
        Assert.Equal("""{"changed_fields":[]}""", KeyChanges.Describe(Key, Key).ToJsonString());
    }

    [Fact]
    public void Only_an_active_key_changes()
    {
        Assert.Null(KeyChanges.CheckUpdate(Key, Now));
        Assert.Equal(ErrorCode.KeyExpired, KeyChanges.CheckUpdate(Key, Key.ExpiresAt)!.Code);
        Assert.Equal(ErrorCode.KeyRevoked, KeyChanges.CheckUpdate(Key with { Status = ApiKeyStatus.Revoked }, Key.ExpiresAt)!.Code);
    }
}
