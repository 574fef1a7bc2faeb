using System.Text.Json.Nodes;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;

namespace Cycles.Grains.Tenants;

/// <summary>What changes an API key that there is: pure, from one record to the next.</summary>
internal static class KeyChanges
{
    public static Problem NotFound(string keyId) => new(ErrorCode.NotFound, $"API key not found: {keyId}");

    public static Problem Revoked(string keyId) => new(ErrorCode.KeyRevoked, $"API key {keyId} is revoked", Conflicts: true);

    /// <returns>Why the key cannot be changed any more, or null.</returns>
    public static Problem? CheckUpdate(ApiKey key, DateTimeOffset now) => TenantChanges.AsOf(key, now).Status switch
    {
        ApiKeyStatus.Revoked => Revoked(key.KeyId),
        ApiKeyStatus.Expired => new Problem(ErrorCode.KeyExpired, $"API key {key.KeyId} has expired", Conflicts: true),
        _ => null,
    };

    public static ApiKey Update(ApiKey key, ApiKeyUpdateRequest request) => key with
    {
        Name = request.Name ?? key.Name,
        Description = request.Description ?? key.Description,
        Permissions = request.Permissions ?? key.Permissions,
        ScopeFilter = request.ScopeFilter ?? key.ScopeFilter,
        Metadata = request.Metadata ?? key.Metadata,
    };

    /// <summary>What the audit log says of a new key: what it may do, and where when not everywhere.</summary>
    public static JsonObject Describe(ApiKey key)
    {
        var metadata = new JsonObject { ["permissions"] = ToArray(key.Permissions) };
        if (key.ScopeFilter is { Length: > 0 } filter)
        {
            metadata["scope_filter"] = ToArray(filter);
        }

        return metadata;
    }

    /// <summary>What the audit log says of a change: which members it changed, and what the key may do and where, when that is among them.</summary>
    public static JsonObject Describe(ApiKey before, ApiKey after)
    {
        var changed = new JsonArray();
        var metadata = new JsonObject { ["changed_fields"] = changed };
        Add("name", before.Name == after.Name, null);
        Add("description", before.Description == after.Description, null);
        Add("permissions", before.Permissions.SequenceEqual(after.Permissions), after.Permissions);
        Add("scope_filter", (before.ScopeFilter ?? []).SequenceEqual(after.ScopeFilter ?? []), after.ScopeFilter);
        Add("metadata", before.Metadata == after.Metadata, null);
        return metadata;

        void Add(string name, bool isSame, string[]? values)
        {
            if (isSame)
            {
                return;
            }

            changed.Add((JsonNode)name);
            if (values is not null)
            {
                metadata[name] = ToArray(values);
            }
        }
    }

    private static JsonArray ToArray(string[] values) => new([.. values.Select(value => (JsonNode)value)]);
}
