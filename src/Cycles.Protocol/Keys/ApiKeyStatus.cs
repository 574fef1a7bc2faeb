using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Keys;

/// <summary>The state of an API key; only ACTIVE opens anything.</summary>
[JsonConverter(typeof(EnumNames<ApiKeyStatus>))]
public enum ApiKeyStatus
{
    /// <summary>In use.</summary>
    [JsonStringEnumMemberName("ACTIVE")]
    Active,

    /// <summary>Withdrawn for good.</summary>
    [JsonStringEnumMemberName("REVOKED")]
    Revoked,

    /// <summary>Past its date.</summary>
    [JsonStringEnumMemberName("EXPIRED")]
    Expired,
}
