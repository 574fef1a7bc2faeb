using Cycles.Contracts.Indexes;
using Cycles.Protocol.Errors;

namespace Cycles.Grains.Indexes;

/// <summary>A page as rows of the index, or why there is none.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Rows">The rows.</param>
/// <param name="NextCursor">Where the next page begins, when there is one.</param>
internal sealed record BudgetRows(Problem? Problem, BudgetRow[] Rows, string? NextCursor)
{
    public BudgetPage ToPage() => new(Problem, Array.ConvertAll(Rows, row => row.ToBudget()), NextCursor);
}
