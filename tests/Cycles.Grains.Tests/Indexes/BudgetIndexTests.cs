using CsCheck;
using Cycles.Grains.Indexes;
using Cycles.Grains.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Tests.Indexes;

/// <summary>The index against a list that is sorted anew for every question.</summary>
public sealed class BudgetIndexTests
{
    private static readonly Gen<Budget> AnyBudget = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 12], Gen.Enum<Unit>(), Gen.Long[0, 3], Gen.Long[0, 1]).Select(
        (tenant, agent, unit, spent, debt) => Of($"t{tenant}", $"tenant:t{tenant}/agent:{agent}", unit, spent, debt));

    [Fact]
    public void Pages_one_after_the_other_are_the_whole_list_in_order() => Gen.Select(
        AnyBudget.Array[0, 80], Gen.Enum<BudgetSort>(), Gen.Bool, Gen.Int[1, 9], Gen.Bool).Sample((budgets, sort, ascending, limit, ofOne) =>
        {
            var index = new BudgetIndex();
            var model = new Dictionary<string, Budget>();
            var half = budgets.Length / 2;
            foreach (var tenant in budgets.Take(half).GroupBy(budget => budget.Record.TenantId))
            {
                index.Put(tenant.Key, [.. tenant.DistinctBy(IdOf)]);
                foreach (var budget in tenant.DistinctBy(IdOf))
                {
                    model[IdOf(budget)] = budget;
                }
            }

            foreach (var budget in budgets.Skip(half))
            {
                index.Put(budget);
                model[IdOf(budget)] = budget;
                if (model.Count % 3 == 0)
                {
                    index.Read(new BudgetQuery { Limit = 1 });
                }
            }

            var query = new BudgetQuery { SortBy = sort, Ascending = ascending, Limit = limit, TenantId = ofOne ? "t1" : null };
            var wanted = model.Values
                .Where(budget => !ofOne || budget.Record.TenantId == "t1")
                .OrderBy(budget => new BudgetRow(budget).ToSortKey(sort))
                .ToArray();
            if (!ascending)
            {
                Array.Reverse(wanted);
            }

            var walked = new List<Budget>();
            for (BudgetPage? page = null; page is null || page.NextCursor is not null;)
            {
                page = index.Read(query with { Cursor = page?.NextCursor });
                Assert.Null(page.Problem);
                walked.AddRange(page.Budgets);
            }

            Assert.Equal(wanted, walked);
            Assert.Equal(model.Count, index.Summarize().Total);
        });

    [Fact]
    public void A_tenant_that_is_read_anew_loses_what_is_gone()
    {
        var index = new BudgetIndex();
        index.Put("t1", [Of("t1", "tenant:t1", Unit.Tokens, 0, 0), Of("t1", "tenant:t1/agent:a", Unit.Tokens, 0, 0)]);
        index.Put("t1", [Of("t1", "tenant:t1/agent:a", Unit.Tokens, 5, 0)]);

        var budget = Assert.Single(index.Read(new BudgetQuery()).Budgets);
        Assert.Equal(5, budget.State.Spent);
        index.Put("t1", []);
        Assert.Empty(index.Read(new BudgetQuery()).Budgets);
        Assert.False(index.Has("t1"));
    }

    private static string IdOf(Budget budget) => $"{budget.Record.Scope}|{budget.Record.Unit}";

    private static Budget Of(string tenantId, string scope, Unit unit, long spent, long debt) => new(
        new BudgetRecord
        {
            LedgerId = $"bud_{scope}",
            TenantId = tenantId,
            Scope = scope,
            Unit = unit,
            Status = BudgetStatus.Active,
            OverdraftLimit = 0,
            CreatedAt = DateTimeOffset.UnixEpoch,
        },
        new BudgetState(BudgetStatus.Active, 10, spent, 0, debt, 0, false));
}
