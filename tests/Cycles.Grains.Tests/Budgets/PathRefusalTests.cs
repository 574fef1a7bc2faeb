using CsCheck;
using Cycles.Grains.Budgets;
using Cycles.Grains.Tests.Scopes;

namespace Cycles.Grains.Tests.Budgets;

/// <summary>Which refusal is told when several budgets of a path refuse.</summary>
public sealed class PathRefusalTests
{
    private static readonly Refusal[] InOrder =
    [
        Refusal.NoBudget, Refusal.Frozen, Refusal.Closed, Refusal.OverLimit, Refusal.DebtOutstanding, Refusal.Exceeded, Refusal.Overflow,
    ];

    [Fact]
    public void Each_finding_goes_before_those_after_it_wherever_on_the_path_it_stands()
    {
        Assert.Equal(Enum.GetValues<Refusal>().Except([Refusal.None, Refusal.Stale]).Count(), InOrder.Length);
        for (var first = 0; first < InOrder.Length; first++)
        {
            for (var then = first + 1; then < InOrder.Length; then++)
            {
                Assert.Equal((InOrder[first], 0), PathRefusal.First([InOrder[first], InOrder[then]]));
                Assert.Equal((InOrder[first], 2), PathRefusal.First([InOrder[then], Refusal.None, InOrder[first]]));
            }
        }
    }

    [Fact]
    public void Of_equal_findings_the_one_nearest_to_the_root_is_told()
    {
        Assert.Equal((Refusal.Exceeded, 1), PathRefusal.First([Refusal.None, Refusal.Exceeded, Refusal.Exceeded]));
        Assert.Equal((Refusal.None, -1), PathRefusal.First([Refusal.None, Refusal.None]));
        Assert.Equal((Refusal.None, -1), PathRefusal.First([]));
    }

    [Fact]
    public void Only_what_nothing_precedes_needs_no_look_at_the_other_scopes() =>
        Assert.Equal([Refusal.NoBudget], InOrder.Where(refusal => !PathRefusal.MayBePreceded(refusal)));

    [Fact]
    public void A_path_with_an_over_limit_scope_that_is_open_everywhere_is_always_told_so()
    {
        Gen.Select(BudgetSamples.Any.Array[1, 5], BudgetSamples.Amount).Sample((path, amount) =>
        {
            var refusals = Array.ConvertAll(path, state => state.CheckReserve(amount));
            var (told, at) = PathRefusal.First(refusals);
            if (path.All(state => state.CheckOpen() == Refusal.None) && path.Any(state => state.IsOverLimit))
            {
                return told == Refusal.OverLimit && at == Array.FindIndex(path, state => state.IsOverLimit);
            }

            return told == Refusal.None ? refusals.All(refusal => refusal == Refusal.None) : refusals[at] == told;
        });
    }
}
