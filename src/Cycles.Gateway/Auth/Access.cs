namespace Cycles.Gateway.Auth;

/// <summary>Who may call an operation.</summary>
/// <param name="Permission">What an API key needs; null when API keys are not taken.</param>
/// <param name="Admin">Whether the admin key is taken.</param>
/// <param name="AnyKey">Whether API keys are taken without any permission.</param>
/// <param name="IsOnBehalf">Whether the admin acts on behalf of tenants although no API key is taken.</param>
internal readonly record struct Access(string? Permission, bool Admin, bool AnyKey = false, bool IsOnBehalf = false)
{
    /// <summary>The admin key or any API key.</summary>
    public static readonly Access Anyone = new(null, Admin: true, AnyKey: true);

    /// <summary>Only the admin key.</summary>
    public static readonly Access AdminOnly = new(null, Admin: true);

    /// <summary>Only the admin key, on behalf of tenants.</summary>
    public static readonly Access AdminOnBehalfOf = new(null, Admin: true, IsOnBehalf: true);

    /// <summary>Only an API key with a permission.</summary>
    public static Access Tenant(string permission) => new(permission, Admin: false);

    /// <summary>An API key with a permission, or the admin key.</summary>
    public static Access TenantOrAdmin(string permission) => new(permission, Admin: true);
}
