using System.Text.Json.Serialization;

namespace Cycles.Protocol.Keys;

/// <summary>Body of POST /v1/auth/validate. Its schema is open: what else it says is ignored.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record ApiKeyValidationRequest
{
    /// <summary>The whole secret; never logged, never kept.</summary>
    public required string KeySecret { get; init; }

    /// <summary>Without the secret: whatever prints this must not print that.</summary>
    public override string ToString() => nameof(ApiKeyValidationRequest);
}

/// <summary>Answer to POST /v1/auth/validate. Of a key that is not valid it says whose it was and why, and not what it may do.</summary>
public sealed record ApiKeyValidationResponse
{
    /// <summary>Whether the key opens anything now.</summary>
    public required bool Valid { get; init; }

    /// <summary>The key's tenant; empty when there is no such key.</summary>
    public required string TenantId { get; init; }

    /// <summary>The key's id.</summary>
    public string? KeyId { get; init; }

    /// <summary>What it may do.</summary>
    public string[]? Permissions { get; init; }

    /// <summary>What it is restricted to; absent when it is not.</summary>
    public string[]? ScopeFilter { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Why it is not valid: NOT_FOUND, REVOKED, EXPIRED, TENANT_SUSPENDED or TENANT_CLOSED.</summary>
    public string? Reason { get; init; }
}

/// <summary>Which kind of key a request carried.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuthType>))]
public enum AuthType
{
    /// <summary>The admin key.</summary>
    [JsonStringEnumMemberName("admin")]
    Admin,

    /// <summary>An API key of a tenant.</summary>
    [JsonStringEnumMemberName("tenant")]
    Tenant,
}

/// <summary>Answer to GET /v1/auth/introspect.</summary>
public sealed record AuthIntrospectResponse
{
    /// <summary>True: a caller that is not authenticated gets another answer.</summary>
    public bool Authenticated => true;

    /// <summary>The kind of key.</summary>
    public required AuthType AuthType { get; init; }

    /// <summary><c>*</c> for the admin key, else what the API key was granted.</summary>
    public required string[] Permissions { get; init; }

    /// <summary>What follows from them.</summary>
    public required Capabilities Capabilities { get; init; }

    /// <summary>The API key's tenant; absent for the admin key.</summary>
    public string? TenantId { get; init; }

    /// <summary>What the API key is restricted to; absent when it is not.</summary>
    public string[]? ScopeFilter { get; init; }
}
