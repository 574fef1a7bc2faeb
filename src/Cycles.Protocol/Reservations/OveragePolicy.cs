using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Reservations;

/// <summary>What happens when the actual cost is above what was reserved (schema <c>CommitOveragePolicy</c>).</summary>
[JsonConverter(typeof(EnumNames<OveragePolicy>))]
public enum OveragePolicy
{
    /// <summary>The commit is refused.</summary>
    [JsonStringEnumMemberName("REJECT")]
    Reject,

    /// <summary>The excess is charged as far as budget is available; never debt. The default.</summary>
    [JsonStringEnumMemberName("ALLOW_IF_AVAILABLE")]
    AllowIfAvailable,

    /// <summary>What is not available becomes debt, up to the overdraft limit.</summary>
    [JsonStringEnumMemberName("ALLOW_WITH_OVERDRAFT")]
    AllowWithOverdraft,
}
