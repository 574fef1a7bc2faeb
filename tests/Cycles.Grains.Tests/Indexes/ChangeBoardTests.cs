using Cycles.Grains.Indexes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Tests.Indexes;

public sealed class ChangeBoardTests
{
    private static readonly Guid Follower = Guid.NewGuid();

    private readonly Clock _clock = new();
    private readonly ChangeBoard _board;

    public ChangeBoardTests() => _board = new ChangeBoard(_clock);

    [Fact]
    public void Nothing_is_marked_while_nobody_follows()
    {
        _board.Serve("acme");
        _board.Budgets.Mark([Changed("tenant:acme")]);

        Assert.False(_board.Budgets.IsFollowed);
        Assert.Equal(["acme"], Take().Tenants);
        Assert.Empty(Take().Tenants);
    }

    [Fact]
    public void A_change_is_told_once_and_again_when_it_happens_again()
    {
        Take();
        _board.Budgets.Mark([Changed("tenant:acme", BudgetChange.Reserved), Changed("tenant:acme"), Changed("tenant:acme", BudgetChange.Reserved)]);
        Assert.Equal([Changed("tenant:acme")], Take().Budgets);

        _board.Budgets.Mark([Changed("tenant:acme"), Changed("tenant:acme", BudgetChange.Record), Changed("tenant:acme")]);
        Assert.Equal([Changed("tenant:acme", BudgetChange.Record)], Take().Budgets);
        Assert.Empty(Take().Budgets);
        _board.Budgets.Mark([Changed("tenant:acme")]);
        Assert.Equal([Changed("tenant:acme")], Take().Budgets);
    }

    [Fact]
    public void A_new_follower_is_told_every_tenant_that_was_ever_written_here()
    {
        Take();
        _board.Serve("acme");
        Assert.Equal(["acme"], Take().Tenants);
        _board.Budgets.Mark([Changed("tenant:acme")]);

        var other = Guid.NewGuid();
        Assert.Equal(["acme"], _board.Take(IndexKind.Budgets, other).Tenants);
        Assert.Empty(_board.Take(IndexKind.Budgets, other).Tenants);

        // And so is the one before, for what the other has taken is lost to it.
        Assert.Equal(["acme"], Take().Tenants);
    }

    [Fact]
    public void A_ledger_that_begins_or_ends_in_doubt_marks_its_tenant_for_each_index()
    {
        Take();
        _board.Take(IndexKind.Tenants, Follower);
        _board.Serve("acme");
        _board.MarkAll("other");

        Assert.Equal(["acme", "other"], Take().Tenants.Order());
        Assert.Equal(["acme", "other"], _board.Take(IndexKind.Tenants, Follower).Tenants.Order());
    }

    [Fact]
    public void A_follower_that_stays_away_is_forgotten()
    {
        Take();
        _board.Serve("acme");
        _clock.Pass(TimeSpan.FromMinutes(21));
        _board.Budgets.Mark([Changed("tenant:acme")]);

        Assert.False(_board.Budgets.IsFollowed);
        Assert.Equal(["acme"], Take().Tenants);
    }

    [Theory]
    [InlineData("tenant:acme/agent:a|TOKENS", true)]
    [InlineData("tenant:acme/agent:a|SHELLS", false)]
    [InlineData("|TOKENS", false)]
    [InlineData("tenant:acme", false)]
    public void A_budgets_field_names_its_scope_and_unit(string field, bool isBudget)
    {
        Assert.Equal(isBudget, BudgetKey.TryParse(field, out var key));
        Assert.True(!isBudget || key.ToString() == field);
    }

    private SiloChanges Take() => _board.Take(IndexKind.Budgets, Follower);

    private static ChangedBudget Changed(string scope, BudgetChange change = BudgetChange.Numbers) =>
        new(new BudgetKey(ScopePath.FromCanonical(scope), Unit.Tokens), change);

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;
    }
}
