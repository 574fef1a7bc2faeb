using Cycles.Contracts.Calls;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Indexes;

/// <summary>
/// The budgets of all tenants with their numbers, in memory (key: 0): read from the store when somebody first asks, kept up with what
/// changes while somebody does, and dropped when nobody has for ten minutes.
/// </summary>
[Alias("cycles.budget-index"), ClientAccess(ClientAccess.Gateways)]
public interface IBudgetIndexGrain : IGrainWithIntegerKey
{
    /// <summary>A page, with everything that was answered to anybody before this call.</summary>
    [Alias("query"), AnyRoute, ResponseTimeout("00:00:30")]
    ValueTask<BudgetPage> Query([Immutable] BudgetQuery query);

    /// <summary>How many there are of what, and the worst.</summary>
    [Alias("summarize"), AnyRoute, ResponseTimeout("00:00:30")]
    ValueTask<BudgetSummary> Summarize();
}

/// <summary>A page of budgets, or why there is none.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Budgets">The page.</param>
/// <param name="NextCursor">Where the next page begins, when there is one.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget-page")]
public sealed record BudgetPage(
    [property: Id(0)] Problem? Problem, [property: Id(1)] Budget[] Budgets, [property: Id(2)] string? NextCursor);

/// <summary>How many budgets there are.</summary>
/// <param name="Total">All.</param>
/// <param name="Active">In that status.</param>
/// <param name="Frozen">In that status.</param>
/// <param name="Closed">In that status.</param>
/// <param name="OverLimit">Where new reservations are blocked until an operator reconciles.</param>
/// <param name="WithDebt">With debt above 0.</param>
/// <param name="ByUnit">By unit, without units that have none.</param>
/// <param name="WorstOverLimit">Those over their limit with the most debt, at most ten.</param>
/// <param name="MostDebt">Those with the most debt, at most ten.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget-summary")]
public sealed record BudgetSummary(
    [property: Id(0)] int Total,
    [property: Id(1)] int Active,
    [property: Id(2)] int Frozen,
    [property: Id(3)] int Closed,
    [property: Id(4)] int OverLimit,
    [property: Id(5)] int WithDebt,
    [property: Id(6)] Dictionary<Unit, int> ByUnit,
    [property: Id(7)] Budget[] WorstOverLimit,
    [property: Id(8)] Budget[] MostDebt);
