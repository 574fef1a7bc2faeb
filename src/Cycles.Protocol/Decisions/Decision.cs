using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Decisions;

/// <summary>The three-way answer (schema <c>DecisionEnum</c>).</summary>
[JsonConverter(typeof(EnumNames<Decision>))]
public enum Decision
{
    /// <summary>Go on.</summary>
    [JsonStringEnumMemberName("ALLOW")]
    Allow,

    /// <summary>Go on within the caps.</summary>
    [JsonStringEnumMemberName("ALLOW_WITH_CAPS")]
    AllowWithCaps,

    /// <summary>Do not act.</summary>
    [JsonStringEnumMemberName("DENY")]
    Deny,
}
