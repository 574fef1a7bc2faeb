using Cycles.Contracts.Scopes;
using Cycles.Protocol.Errors;

namespace Cycles.Grains.Scopes;

/// <summary>What an action is charged, with the locks that make it so; or why it is not.</summary>
/// <param name="Problem">Why nothing is charged; then no lock is held.</param>
/// <param name="Charged">What every scope is charged.</param>
/// <param name="Locks">The locks to commit and complete.</param>
/// <param name="Balances">The budgets afterwards, root first.</param>
internal readonly record struct Charge(Problem? Problem, long Charged, ScopeLocks Locks, BudgetState[] Balances)
{
    public static Charge Refused(Problem problem) => new(problem, 0, null!, []);
}
