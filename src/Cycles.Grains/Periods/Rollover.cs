using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Periods;

/// <summary>What the end of a period does to the numbers of a budget.</summary>
internal static class Rollover
{
    /// <summary>
    /// Begins a new period as RESET_SPENT does: spent becomes 0; what is held stays held and is charged to the period in which it is
    /// committed; debt stays. Allocated becomes what a period begins with, and what <paramref name="policy"/> carries over of what was
    /// allocated and not spent. Holds and debt come along with what backs them, so nothing that is carried forward is lost or counted twice.
    /// The over-limit flag is recomputed, as by a funding.
    /// </summary>
    /// <remarks>
    /// Several periods that have passed roll as if each had been rolled on time: nothing can have been spent in them. An allocation
    /// that would leave the int64 range, or take remaining out of it, stops at the range's end: a period always ends.
    /// </remarks>
    /// <param name="state">The budget at the end of its period.</param>
    /// <param name="policy">What becomes of the unused.</param>
    /// <param name="allocated">What a period begins with; at least 0.</param>
    /// <param name="periods">How many periods have ended; at least 1.</param>
    public static BudgetDelta Plan(BudgetState state, RolloverPolicy policy, long allocated, long periods)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(periods, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(allocated);
        var unused = Int128.Max((Int128)state.Allocated - state.Spent, 0);
        var carried = policy switch
        {
            RolloverPolicy.None => 0,
            RolloverPolicy.CarryForward => unused + ((periods - 1) * (Int128)allocated),
            RolloverPolicy.CapAtAllocated => periods == 1 ? Int128.Min(unused, allocated) : allocated,
            _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, "not a rollover policy"),
        };
        var least = Int128.Max((Int128)state.Reserved + state.Debt + long.MinValue, 0);
        var next = (long)Int128.Clamp(allocated + carried, least, long.MaxValue);
        return new BudgetDelta(
            Allocated: next - state.Allocated, Spent: -state.Spent, OverLimit: state.Debt > state.OverdraftLimit);
    }
}
