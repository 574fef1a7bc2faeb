using Cycles.Protocol.Json;

namespace Cycles.Protocol.Keys;

/// <summary>Body of PATCH /v1/admin/api-keys/{key_id}; what is absent stays.</summary>
[GenerateSerializer, Immutable, Alias("cycles.api-key-update")]
public sealed record ApiKeyUpdateRequest
{
    /// <summary>At most 256 characters.</summary>
    [Id(0)]
    public string? Name { get; init; }

    /// <summary>At most 1,024 characters.</summary>
    [Id(1)]
    public string? Description { get; init; }

    /// <summary>Replaces them all; an empty list takes them all.</summary>
    [Id(2)]
    public string[]? Permissions { get; init; }

    /// <summary>Replaces the whole filter; an empty list lifts the restriction.</summary>
    [Id(3)]
    public string[]? ScopeFilter { get; init; }

    /// <summary>Replaces all of it.</summary>
    [Id(4)]
    public RawJsonObject? Metadata { get; init; }
}
