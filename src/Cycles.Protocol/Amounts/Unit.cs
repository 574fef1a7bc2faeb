using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Amounts;

/// <summary>The unit in which a budget is kept and a reservation is denominated (schema <c>UnitEnum</c>).</summary>
[JsonConverter(typeof(EnumNames<Unit>))]
public enum Unit
{
    /// <summary>10^-8 US dollars: 1 USD = 100,000,000.</summary>
    [JsonStringEnumMemberName("USD_MICROCENTS")]
    UsdMicrocents,

    /// <summary>A count of model tokens.</summary>
    [JsonStringEnumMemberName("TOKENS")]
    Tokens,

    /// <summary>A generic integer unit.</summary>
    [JsonStringEnumMemberName("CREDITS")]
    Credits,

    /// <summary>A generic integer unit of risk.</summary>
    [JsonStringEnumMemberName("RISK_POINTS")]
    RiskPoints,
}
