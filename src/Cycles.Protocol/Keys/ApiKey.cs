using Cycles.Protocol.Json;

namespace Cycles.Protocol.Keys;

/// <summary>An API key as it is shown (schema <c>ApiKey</c>): everything but the secret and its hash.</summary>
[GenerateSerializer, Immutable, Alias("cycles.api-key")]
public sealed record ApiKey
{
    /// <summary>The id, not secret.</summary>
    [Id(0)]
    public required string KeyId { get; init; }

    /// <summary>The tenant that the key acts for.</summary>
    [Id(1)]
    public required string TenantId { get; init; }

    /// <summary>The first characters of the secret, for recognition.</summary>
    [Id(2)]
    public required string KeyPrefix { get; init; }

    /// <summary>At most 256 characters.</summary>
    [Id(3)]
    public string? Name { get; init; }

    /// <summary>At most 1,024 characters.</summary>
    [Id(4)]
    public string? Description { get; init; }

    /// <summary>What the key may do.</summary>
    [Id(5)]
    public required string[] Permissions { get; init; }

    /// <summary>Segments such as <c>workspace:eng</c> or <c>agent:*</c>; empty means every scope of the tenant.</summary>
    [Id(6)]
    public string[]? ScopeFilter { get; init; }

    /// <summary>The state.</summary>
    [Id(7)]
    public required ApiKeyStatus Status { get; init; }

    /// <summary>UTC.</summary>
    [Id(8)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>UTC; refused from then on.</summary>
    [Id(9)]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>UTC.</summary>
    [Id(10)]
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>At most 512 characters.</summary>
    [Id(11)]
    public string? RevokedReason { get; init; }

    /// <summary>Free.</summary>
    [Id(12)]
    public RawJsonObject? Metadata { get; init; }

    /// <summary>UTC; when the key last opened something, up to a minute before. Kept beside the key: a use is no change of it.</summary>
    [Id(13)]
    public DateTimeOffset? LastUsedAt { get; init; }
}
