using Cycles.Grains.Keys;

namespace Cycles.Gateway.Auth;

/// <summary>Who calls: the holder of an API key, or the admin.</summary>
/// <param name="Key">The API key; null for the admin.</param>
internal readonly record struct Caller(AuthenticatedKey? Key)
{
    /// <summary>The tenant of the API key; null for the admin.</summary>
    public string? TenantId => Key?.Key.TenantId;

    public bool IsAdmin => Key is null;
}
