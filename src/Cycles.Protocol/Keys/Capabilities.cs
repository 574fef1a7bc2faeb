namespace Cycles.Protocol.Keys;

/// <summary>
/// What a dashboard may show and offer (CAPABILITY DERIVATION, NORMATIVE). Whether a request is allowed is never decided here: that is
/// <see cref="Permissions.Satisfy"/>.
/// </summary>
public sealed record Capabilities
{
#pragma warning disable CS1591 // The names are the protocol's.
    public required bool ViewOverview { get; init; }
    public required bool ViewBudgets { get; init; }
    public required bool ViewEvents { get; init; }
    public required bool ViewWebhooks { get; init; }
    public required bool ViewAudit { get; init; }
    public required bool ViewTenants { get; init; }
    public required bool ViewApiKeys { get; init; }
    public required bool ViewPolicies { get; init; }
    public required bool ViewReservations { get; init; }
    public required bool ManageBudgets { get; init; }
    public required bool ManagePolicies { get; init; }
    public required bool ManageWebhooks { get; init; }
    public required bool ManageTenants { get; init; }
    public required bool ManageApiKeys { get; init; }
    public required bool ManageReservations { get; init; }
#pragma warning restore CS1591

    /// <summary>Of the admin key: all.</summary>
    public static readonly Capabilities All = new()
    {
        ViewOverview = true,
        ViewBudgets = true,
        ViewEvents = true,
        ViewWebhooks = true,
        ViewAudit = true,
        ViewTenants = true,
        ViewApiKeys = true,
        ViewPolicies = true,
        ViewReservations = true,
        ManageBudgets = true,
        ManagePolicies = true,
        ManageWebhooks = true,
        ManageTenants = true,
        ManageApiKeys = true,
        ManageReservations = true,
    };

    /// <summary>Of an API key with these permissions; a scope_filter does not change them.</summary>
    public static Capabilities Of(string[] permissions)
    {
        return new Capabilities
        {
            // What is the admin plane's stays closed to tenants, whatever admin:* permissions a key carries (NORMATIVE).
            ViewOverview = false,
            ViewAudit = false,
            ViewTenants = false,
            ViewApiKeys = false,
            ManageTenants = false,
            ManageApiKeys = false,
            ViewBudgets = HasAny("budgets:read", "admin:read", "admin:budgets:read"),
            ViewPolicies = HasAny("policies:read", "admin:read", "admin:policies:read"),
            ViewWebhooks = HasAny("webhooks:read", "admin:read", "admin:webhooks:read"),
            ViewEvents = HasAny("events:read", "admin:read", "admin:events:read"),
            ViewReservations = HasAny(
                "reservations:list", "reservations:create", "reservations:commit", "reservations:release", "reservations:extend", "admin:read"),
            ManageBudgets = HasAny("budgets:write", "admin:write", "admin:budgets:write"),
            ManagePolicies = HasAny("policies:write", "admin:write", "admin:policies:write"),
            ManageWebhooks = HasAny("webhooks:write", "admin:write", "admin:webhooks:write"),
            ManageReservations = HasAny(
                "reservations:create", "reservations:commit", "reservations:release", "reservations:extend", "admin:write"),
        };

        bool HasAny(params ReadOnlySpan<string> names)
        {
            foreach (var permission in permissions)
            {
                if (names.Contains(permission))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
