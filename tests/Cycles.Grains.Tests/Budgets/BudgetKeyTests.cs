using Cycles.Grains.Budgets;
using Cycles.Protocol.Amounts;

namespace Cycles.Grains.Tests.Budgets;

public sealed class BudgetKeyTests
{
    [Fact]
    public void A_budgets_field_names_its_scope_and_unit()
    {
        var key = BudgetKey.Parse("tenant:acme/agent:a|TOKENS");

        Assert.Equal(Unit.Tokens, key.Unit);
        Assert.Equal("tenant:acme/agent:a", key.Scope.Value);
        Assert.Equal("tenant:acme/agent:a|TOKENS", key.ToString());
    }

    [Theory]
    [InlineData("tenant:acme/agent:a|SHELLS")]
    [InlineData("|TOKENS")]
    [InlineData("tenant:acme")]
    public void What_is_no_field_of_a_budget_is_refused(string field) => Assert.Throws<InvalidDataException>(() => BudgetKey.Parse(field));
}
