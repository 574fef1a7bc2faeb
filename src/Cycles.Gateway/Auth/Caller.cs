using Cycles.Grains.Audit;
using Cycles.Grains.Keys;
using Cycles.Protocol.Keys;

namespace Cycles.Gateway.Auth;

/// <summary>Who calls: the holder of an API key, the admin, or nobody that is known.</summary>
/// <param name="Key">The API key; null for the admin.</param>
/// <param name="IsAdmin">Whether the admin key was given.</param>
internal readonly record struct Caller(AuthenticatedKey? Key, bool IsAdmin)
{
    public static readonly Caller Admin = new(null, IsAdmin: true);

    public static readonly Caller Unknown = new(null, IsAdmin: false);

    /// <summary>The tenant of the API key; null for the admin.</summary>
    public string? TenantId => Key?.Key.TenantId;

    /// <summary>What the API key is restricted to; null when it is not, and for the admin.</summary>
    public ScopeFilter? Within => ScopeFilter.Of(Key?.Key.ScopeFilter);

    /// <summary>As whom the caller acts: with what a tenant could do itself the admin acts on its behalf.</summary>
    public ActorType ActorIn(Access access) => this switch
    {
        { IsAdmin: true } => access is { Permission: null, IsOnBehalf: false } ? ActorType.Admin : ActorType.AdminOnBehalfOf,
        { Key: not null } => ActorType.ApiKey,
        _ => ActorType.Unauthenticated,
    };
}
