using Cycles.Contracts.Indexes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Indexes;

/// <summary>How many budgets the index holds of what, with the rows of the worst.</summary>
internal sealed class BudgetCensus
{
    public required int Total { get; init; }

    /// <summary>By <see cref="BudgetStatus"/>.</summary>
    public int[] ByStatus { get; } = new int[Enum.GetValues<BudgetStatus>().Length];

    /// <summary>By <see cref="Unit"/>.</summary>
    public int[] ByUnit { get; } = new int[Enum.GetValues<Unit>().Length];

    public int OverLimit { get; set; }

    public int WithDebt { get; set; }

    /// <summary>Those over their limit with the most debt.</summary>
    public BudgetRow[] WorstOverLimit { get; set; } = [];

    /// <summary>Those with the most debt.</summary>
    public BudgetRow[] MostDebt { get; set; } = [];

    public BudgetSummary ToSummary() => new(
        Total,
        ByStatus[(int)BudgetStatus.Active],
        ByStatus[(int)BudgetStatus.Frozen],
        ByStatus[(int)BudgetStatus.Closed],
        OverLimit,
        WithDebt,
        Enum.GetValues<Unit>().Where(unit => ByUnit[(int)unit] > 0).ToDictionary(unit => unit, unit => ByUnit[(int)unit]),
        Array.ConvertAll(WorstOverLimit, row => row.ToBudget()),
        Array.ConvertAll(MostDebt, row => row.ToBudget()));
}
