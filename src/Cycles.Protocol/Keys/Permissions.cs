namespace Cycles.Protocol.Keys;

/// <summary>The permissions of an API key (schema <c>Permission</c>) and what each satisfies (WILDCARD SEMANTICS).</summary>
public static class Permissions
{
#pragma warning disable CS1591 // The names are the protocol's.
    public const string ReservationsCreate = "reservations:create";
    public const string ReservationsCommit = "reservations:commit";
    public const string ReservationsRelease = "reservations:release";
    public const string ReservationsExtend = "reservations:extend";
    public const string ReservationsList = "reservations:list";
    public const string BalancesRead = "balances:read";
    public const string BudgetsRead = "budgets:read";
    public const string BudgetsWrite = "budgets:write";
    public const string PoliciesRead = "policies:read";
    public const string PoliciesWrite = "policies:write";
#pragma warning restore CS1591

    /// <summary>What a key may do that was created without a list.</summary>
    public static readonly string[] Default =
    [
        ReservationsCreate, ReservationsCommit, ReservationsRelease, ReservationsExtend, ReservationsList,
        BalancesRead, BudgetsRead, BudgetsWrite, PoliciesRead, PoliciesWrite,
    ];

    /// <summary>All that the protocol knows.</summary>
    public static IReadOnlyCollection<string> All => Known;

    private static readonly HashSet<string> Known =
    [
        .. Default,
        "webhooks:read", "webhooks:write", "events:read", "admin:read", "admin:write",
        "admin:tenants:read", "admin:tenants:write", "admin:budgets:read", "admin:budgets:write",
        "admin:policies:read", "admin:policies:write", "admin:apikeys:read", "admin:apikeys:write",
        "admin:webhooks:read", "admin:webhooks:write", "admin:events:read", "admin:audit:read",
    ];

    /// <summary>Whether the protocol knows <paramref name="permission"/>.</summary>
    public static bool IsKnown(string permission) => Known.Contains(permission);

    /// <summary>Whether <paramref name="permission"/> is for operations of the runtime plane.</summary>
    public static bool IsOfRuntime(string permission) =>
        permission.StartsWith("reservations:", StringComparison.Ordinal) || permission == BalancesRead;

    /// <summary>
    /// Whether <paramref name="granted"/> satisfies <paramref name="required"/>: itself, <c>admin:write</c> for any <c>*:write</c>,
    /// <c>admin:read</c> for any <c>*:read</c>, or the granular <c>admin:x:write</c> for <c>x:write</c>. (The protocol does not
    /// say the last. But its table of capabilities shows the page for it, and a caller that is shown a page may use it.)
    /// </summary>
    public static bool Satisfy(string[] granted, string required)
    {
        foreach (var permission in granted)
        {
            if (permission == required
                || (permission == "admin:write" && required.EndsWith(":write", StringComparison.Ordinal))
                || (permission == "admin:read" && required.EndsWith(":read", StringComparison.Ordinal))
                || (permission.StartsWith("admin:", StringComparison.Ordinal) && permission.AsSpan(6).SequenceEqual(required)))
            {
                return true;
            }
        }

        return false;
    }
}
