using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Budgets;

/// <summary>How the periods of a budget follow each other, in UTC. An extension: the protocol names periods, but nothing that repeats them.</summary>
[JsonConverter(typeof(EnumNames<Recurrence>))]
public enum Recurrence
{
    /// <summary>A day each.</summary>
    [JsonStringEnumMemberName("DAILY")]
    Daily,

    /// <summary>Seven days each; from Monday (ISO 8601) unless another start is given.</summary>
    [JsonStringEnumMemberName("WEEKLY")]
    Weekly,

    /// <summary>A month each; one that begins on a day that a month lacks begins on that month's last day.</summary>
    [JsonStringEnumMemberName("MONTHLY")]
    Monthly,
}
