using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Tenants;

/// <summary>
/// How expired reservations are handled (schema <c>Tenant</c>). It is kept and shown, and has no effect: all are given back after the grace
/// period (docs/decisions.md).
/// </summary>
[JsonConverter(typeof(EnumNames<ExpiryPolicy>))]
public enum ExpiryPolicy
{
    /// <summary>Given back after the grace period. The default.</summary>
    [JsonStringEnumMemberName("AUTO_RELEASE")]
    AutoRelease,

    /// <summary>Kept until someone releases them.</summary>
    [JsonStringEnumMemberName("MANUAL_CLEANUP")]
    ManualCleanup,

    /// <summary>Commits are taken during grace, then the reservation is EXPIRED.</summary>
    [JsonStringEnumMemberName("GRACE_ONLY")]
    GraceOnly,
}
