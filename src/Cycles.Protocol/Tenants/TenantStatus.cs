using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Tenants;

/// <summary>The state of a tenant. CLOSED is final.</summary>
[JsonConverter(typeof(EnumNames<TenantStatus>))]
public enum TenantStatus
{
    /// <summary>Normal operation.</summary>
    [JsonStringEnumMemberName("ACTIVE")]
    Active,

    /// <summary>No new reservation; those that exist may be settled.</summary>
    [JsonStringEnumMemberName("SUSPENDED")]
    Suspended,

    /// <summary>No mutation succeeds any more.</summary>
    [JsonStringEnumMemberName("CLOSED")]
    Closed,
}
