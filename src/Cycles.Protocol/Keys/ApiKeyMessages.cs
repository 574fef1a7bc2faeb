using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Keys;

/// <summary>Body of POST /v1/admin/api-keys.</summary>
[GenerateSerializer, Immutable, Alias("cycles.api-key-create")]
public sealed record ApiKeyCreateRequest
{
    /// <summary>The tenant that the key acts for.</summary>
    [Id(0)]
    public required string TenantId { get; init; }

    /// <summary>At most 256 characters.</summary>
    [Id(1)]
    public required string Name { get; init; }

    /// <summary>At most 1,024 characters.</summary>
    [Id(2)]
    public string? Description { get; init; }

    /// <summary><see cref="Permissions.Default"/> when absent.</summary>
    [Id(3)]
    public string[]? Permissions { get; init; }

    /// <summary>Segments such as <c>workspace:eng</c> or <c>agent:*</c>.</summary>
    [Id(4)]
    public string[]? ScopeFilter { get; init; }

    /// <summary>90 days from now when absent.</summary>
    [Id(5), JsonConverter(typeof(Rfc3339Converter))]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Free.</summary>
    [Id(6)]
    public RawJsonObject? Metadata { get; init; }
}

/// <summary>Answer to POST /v1/admin/api-keys: the only time that the secret is shown.</summary>
[GenerateSerializer, Immutable, Alias("cycles.api-key-created")]
public sealed record ApiKeyCreateResponse
{
    /// <summary>The id, not secret.</summary>
    [Id(0)]
    public required string KeyId { get; init; }

    /// <summary>The secret: <c>cyc_live_</c> and 32 random characters (192 bits).</summary>
    [Id(1)]
    public required string KeySecret { get; init; }

    /// <summary>The first characters of the secret.</summary>
    [Id(2)]
    public required string KeyPrefix { get; init; }

    /// <summary>The tenant that the key acts for.</summary>
    [Id(3)]
    public required string TenantId { get; init; }

    /// <summary>What the key may do.</summary>
    [Id(4)]
    public required string[] Permissions { get; init; }

    /// <summary>UTC.</summary>
    [Id(5)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>UTC.</summary>
    [Id(6)]
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Answer to GET /v1/admin/api-keys.</summary>
public sealed record ApiKeyListResponse
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<ApiKey> Keys { get; init; }

    /// <summary>Where the next page begins, when there is one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public required bool HasMore { get; init; }
}
