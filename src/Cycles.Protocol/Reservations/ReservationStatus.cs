using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Reservations;

/// <summary>The state of a reservation; all but ACTIVE are final.</summary>
[JsonConverter(typeof(EnumNames<ReservationStatus>))]
public enum ReservationStatus
{
    /// <summary>Holds its amount.</summary>
    [JsonStringEnumMemberName("ACTIVE")]
    Active,

    /// <summary>Settled with an actual amount.</summary>
    [JsonStringEnumMemberName("COMMITTED")]
    Committed,

    /// <summary>Given back unused.</summary>
    [JsonStringEnumMemberName("RELEASED")]
    Released,

    /// <summary>Given back by the server after its time and grace.</summary>
    [JsonStringEnumMemberName("EXPIRED")]
    Expired,
}
