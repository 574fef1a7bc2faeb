namespace Cycles.Protocol.Amounts;

/// <summary>The wire names of <see cref="Unit"/>, for places that are not JSON: query strings and store keys.</summary>
public static class UnitNames
{
    /// <summary>Every unit, in the order of the protocol's enumeration.</summary>
    public static readonly IReadOnlyList<Unit> All = [Unit.UsdMicrocents, Unit.Tokens, Unit.Credits, Unit.RiskPoints];

    /// <summary>The wire name, such as <c>USD_MICROCENTS</c>.</summary>
    public static string ToWire(this Unit unit) => unit switch
    {
        Unit.UsdMicrocents => "USD_MICROCENTS",
        Unit.Tokens => "TOKENS",
        Unit.Credits => "CREDITS",
        Unit.RiskPoints => "RISK_POINTS",
        _ => throw new ArgumentOutOfRangeException(nameof(unit), unit, "not a unit of the protocol"),
    };

    /// <summary>Whether <paramref name="name"/> is exactly the wire name of a unit.</summary>
    public static bool TryParse(string? name, out Unit unit)
    {
        foreach (var candidate in All)
        {
            if (candidate.ToWire() == name)
            {
                unit = candidate;
                return true;
            }
        }

        unit = default;
        return false;
    }
}
