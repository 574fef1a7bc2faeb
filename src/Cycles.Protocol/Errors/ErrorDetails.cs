using Cycles.Protocol.Amounts;

namespace Cycles.Protocol.Errors;

/// <summary>The <c>details</c> of an error body: what the code's section says belongs there.</summary>
public sealed record ErrorDetails
{
    /// <summary>UNIT_MISMATCH: the scope where the mismatch was found.</summary>
    public string? Scope { get; init; }

    /// <summary>UNIT_MISMATCH: the unit that the client asked for.</summary>
    public Unit? RequestedUnit { get; init; }

    /// <summary>UNIT_MISMATCH: the units in which that scope has a budget.</summary>
    public Unit[]? ExpectedUnits { get; init; }

    /// <summary>LIMIT_EXCEEDED and COUNT_MISMATCH of bulk actions: how many match the filter.</summary>
    public int? TotalMatched { get; init; }

    /// <summary>The details of a problem; null when it has none.</summary>
    public static ErrorDetails? Of(Problem problem) => problem switch
    {
        { UnitMismatch: { } mismatch } => new ErrorDetails
        {
            Scope = mismatch.Scope,
            RequestedUnit = mismatch.RequestedUnit,
            ExpectedUnits = mismatch.ExpectedUnits,
        },
        { TotalMatched: { } total } => new ErrorDetails { TotalMatched = total },
        _ => null,
    };
}
