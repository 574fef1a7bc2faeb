using Cycles.Chaos.Checks;

namespace Cycles.Chaos.Tests;

/// <summary>The checker of budgets finds errors that are planted.</summary>
public sealed class AccountTests
{
    private readonly Account _account = new("tenant:a", 40);

    [Fact]
    public void A_budget_that_is_as_acknowledged_is_right()
    {
        Hold(10);
        Commit(10, 7);
        Fund(5);
        Hold(10);

        Assert.Empty(_account.Compare(new BudgetNumbers(45, 7, 10, 0)));
    }

    [Theory]
    [InlineData(44, 7, 10, 0, "allocated")]
    [InlineData(46, 7, 10, 0, "allocated")]
    [InlineData(45, 6, 10, 0, "spent")]
    [InlineData(45, 14, 10, 0, "spent")]
    [InlineData(45, 7, 0, 0, "reserved")]
    [InlineData(45, 7, 20, 0, "reserved")]
    [InlineData(45, 7, 10, 1, "debt")]
    public void A_lost_or_doubled_change_is_found(long allocated, long spent, long reserved, long debt, string what)
    {
        Hold(10);
        Commit(10, 7);
        Fund(5);
        Hold(10);

        Assert.Contains(what, Assert.Single(_account.Compare(new BudgetNumbers(allocated, spent, reserved, debt))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_in_doubt_may_have_happened_once_and_no_more()
    {
        _account.FundingSent(1);
        _account.FundingSent(-1);

        Assert.All([39L, 40L, 41L], allocated => Assert.Empty(_account.Compare(new BudgetNumbers(allocated, 0, 0, 0))));
        Assert.All([38L, 42L], allocated => Assert.Single(_account.Compare(new BudgetNumbers(allocated, 0, 0, 0))));
    }

    [Fact]
    public void A_hold_too_many_is_found_when_it_is_accepted()
    {
        Assert.All(Enumerable.Range(0, 4), _ => Assert.Null(_account.Reserved(10)));

        Assert.Contains("oversubscribed", _account.Reserved(1), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_being_given_back_or_credited_may_be_held_again()
    {
        Hold(40);
        _account.SettlementSent(10);
        Assert.Null(_account.Reserved(10));

        _account.FundingSent(5);
        Assert.Null(_account.Reserved(5));
        Assert.NotNull(_account.Reserved(1));
    }

    [Fact]
    public void What_a_debit_has_taken_cannot_be_held()
    {
        Fund(-10);
        Hold(30);

        Assert.NotNull(_account.Reserved(1));
    }

    private void Hold(long amount) => Assert.Null(_account.Reserved(amount));

    private void Commit(long held, long actual)
    {
        _account.SettlementSent(held);
        _account.Charged(actual);
    }

    private void Fund(long amount)
    {
        _account.FundingSent(amount);
        _account.FundingAnswered(amount, accepted: true);
    }
}
