using System.Text.Json.Serialization;

namespace Cycles.Protocol.Amounts;

/// <summary>An amount with its unit (schemas <c>Amount</c> and <c>SignedAmount</c>). Exact int64.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Value">The amount. At least 0 wherever the protocol says <c>Amount</c>; only a balance's <c>remaining</c> may be negative.</param>
[GenerateSerializer, Immutable, Alias("cycles.amount")]
public readonly record struct Amount(
    [property: Id(0), JsonRequired] Unit Unit,
    [property: Id(1), JsonRequired, JsonPropertyName("amount")] long Value);
