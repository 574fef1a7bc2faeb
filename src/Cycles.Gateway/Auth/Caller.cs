using Cycles.Contracts.Audit;
using Cycles.Contracts.Keys;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;

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

    /// <summary>
    /// Why the caller may administer nothing: a suspended tenant is read-only (schema <c>Tenant.status</c>), also to itself. What it has begun
    /// it may settle, and the admin may put in order what it is suspended for.
    /// </summary>
    public Problem? CheckSuspension() => Key is { TenantStatus: TenantStatus.Suspended, Key.TenantId: var tenantId }
        ? new Problem(ErrorCode.TenantSuspended, $"Tenant {tenantId} is suspended: it changes nothing", IsDenial: true)
        : null;

    /// <summary>As whom the caller acts: with what a tenant could do itself the admin acts on its behalf.</summary>
    public ActorType ActorIn(Access access) => this switch
    {
        { IsAdmin: true } => access is { Permission: null, IsOnBehalf: false } ? ActorType.Admin : ActorType.AdminOnBehalfOf,
        { Key: not null } => ActorType.ApiKey,
        _ => ActorType.Unauthenticated,
    };
}
