using CsCheck;
using Cycles.Contracts.Indexes;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Indexes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Tests.Indexes;

/// <summary>The index against a plain list that is filtered and sorted anew for every question.</summary>
public sealed class BudgetIndexTests
{
    // Ids of which one begins with another, so that an order by id, by scope and by tenant are three orders.
    private static readonly string[] Tenants = ["t1", "t1-a", "t10", "t2"];

    private static readonly Gen<BudgetState> AnyState = Gen.Select(Gen.Enum<BudgetStatus>(), Gen.Long[0, 3], Gen.Long[0, 5], Gen.Long[0, 2], Gen.Bool).Select(
        (status, allocated, spent, debt, isOverLimit) => new BudgetState(status, allocated, spent, Reserved: spent, debt, 0, isOverLimit));

    private static readonly Gen<Budget> AnyBudget = Gen.Select(
        Gen.OneOfConst(Tenants),
        Gen.OneOfConst("", "/agent:a", "/agent:a-b", "/agent:ab", "/workspace:prod", "/workspace:prod/agent:a", "/workspace:prod/agent:b"),
        Gen.Enum<Unit>(),
        Gen.OneOfConst<OveragePolicy?>(null, OveragePolicy.Reject, OveragePolicy.AllowIfAvailable, OveragePolicy.AllowWithOverdraft),
        AnyState,
        (tenant, rest, unit, policy, state) => Of(tenant, $"tenant:{tenant}{rest}", unit, policy, state));

    private static readonly Gen<Action<BudgetIndex, Dictionary<string, Budget>>> AnyChange = Gen.Frequency(
        (4, AnyBudget.Select(PutOne)),
        (2, Gen.Select(Gen.OneOfConst(Tenants), AnyBudget.Array[0, 12], PutTenant)),
        (2, Gen.Select(AnyBudget, AnyState, Refresh)),
        (2, Gen.Enum<BudgetSort>().Select(Look)),
        (1, Gen.Const<Action<BudgetIndex, Dictionary<string, Budget>>>(Clear)));

    private static readonly Gen<BudgetQuery> AnyQuery = Gen.Select(
        Gen.Select(Gen.Enum<BudgetSort>(), Gen.Bool, Gen.Int[1, 9]),
        Sometimes(Gen.OneOfConst([.. Tenants, "t"])),
        Sometimes(Gen.OneOfConst("tenant:", "tenant:t1", "tenant:t1/", "tenant:t1-a/agent:a", "tenant:t10|", "tenant:t2/workspace", "t", "u")),
        Sometimes(Gen.OneOfConst("t1", "agent:a", "prod", "b", "nowhere", "tenant:t2", "d/a")),
        Gen.Select(Sometimes(Gen.Enum<Unit>().Select(unit => $"{unit}")), Sometimes(Gen.Enum<BudgetStatus>().Select(status => $"{status}"))),
        Gen.Select(Gen.OneOfConst<bool?>(null, null, true, false), Gen.OneOfConst<bool?>(null, null, true, false)),
        Gen.OneOfConst<(double? Min, double? Max)>((null, null), (null, null), (0.5, null), (null, 0.5), (0.3, 1)),
        (order, tenant, prefix, search, kind, flags, utilization) => new BudgetQuery
        {
            SortBy = order.Item1,
            Ascending = order.Item2,
            Limit = order.Item3,
            TenantId = tenant,
            ScopePrefix = prefix,
            Search = search,
            Unit = kind.Item1 is { } unit ? Enum.Parse<Unit>(unit) : null,
            Status = kind.Item2 is { } status ? Enum.Parse<BudgetStatus>(status) : null,
            OverLimit = flags.Item1,
            HasDebt = flags.Item2,
            UtilizationMin = utilization.Min,
            UtilizationMax = utilization.Max,
        });

    [Fact]
    public void Pages_one_after_the_other_are_the_whole_list_in_order() => Gen.Select(AnyChange.Array[0, 40], AnyQuery).Sample(
        (changes, query) =>
        {
            var (index, model) = After(changes);
            var walked = new List<Budget>();
            for (BudgetPage? page = null; page is null || page.NextCursor is not null;)
            {
                page = index.Read(query with { Cursor = page?.NextCursor }).ToPage();
                Assert.Null(page.Problem);
                Assert.True(page.Budgets.Length == query.Limit || page.NextCursor is null);
                walked.AddRange(page.Budgets);
            }

            Assert.Equal(Ordered(model, query), walked);
        },
        iter: 5_000);

    [Fact]
    public void A_page_goes_on_where_a_row_stood_that_has_moved_or_gone() => Gen.Select(AnyChange.Array[1, 30], AnyQuery, AnyChange.Array[1, 10]).Sample(
        (changes, query, later) =>
        {
            var (index, model) = After(changes);
            var first = index.Read(query).ToPage();
            if (first.NextCursor is null)
            {
                return;
            }

            var last = new BudgetRow(first.Budgets[^1]).ToSortKey(query.SortBy);
            foreach (var change in later)
            {
                change(index, model);
            }

            var wanted = Ordered(model, query).Where(budget =>
                new BudgetRow(budget).ToSortKey(query.SortBy).CompareTo(last) is var side && (query.Ascending ? side > 0 : side < 0));
            Assert.Equal(wanted.Take(query.Limit), index.Read(query with { Cursor = first.NextCursor }).ToPage().Budgets);
        },
        iter: 3_000);

    [Fact]
    public void The_summary_counts_what_there_is_and_names_the_worst() => AnyChange.Array[0, 40].Sample(changes =>
    {
        var (index, model) = After(changes);
        var summary = index.Count().ToSummary();
        var byDebt = Ordered(model, new BudgetQuery { SortBy = BudgetSort.Debt });
        int Count(Func<Budget, bool> matches) => byDebt.Count(matches);

        Assert.Equal(byDebt.Length, summary.Total);
        Assert.Equal(Count(budget => budget.State.Status == BudgetStatus.Active), summary.Active);
        Assert.Equal(Count(budget => budget.State.Status == BudgetStatus.Frozen), summary.Frozen);
        Assert.Equal(Count(budget => budget.State.Status == BudgetStatus.Closed), summary.Closed);
        Assert.Equal(Count(budget => budget.State.IsOverLimit), summary.OverLimit);
        Assert.Equal(Count(budget => budget.State.Debt > 0), summary.WithDebt);
        Assert.Equal(byDebt.GroupBy(budget => budget.Record.Unit).ToDictionary(unit => unit.Key, unit => unit.Count()), summary.ByUnit);
        Assert.Equal(byDebt.Where(budget => budget.State.IsOverLimit).Take(10), summary.WorstOverLimit);
        Assert.Equal(byDebt.Where(budget => budget.State.Debt > 0).Take(10), summary.MostDebt);
    });

    [Fact]
    public void A_tenant_that_is_read_anew_loses_what_is_gone()
    {
        var state = new BudgetState(BudgetStatus.Active, 10, 0, 0, 0, 0, false);
        var index = new BudgetIndex();
        index.Put("t1", [Of("t1", "tenant:t1", Unit.Tokens, null, state), Of("t1", "tenant:t1/agent:a", Unit.Tokens, null, state)]);
        index.Put("t1", [Of("t1", "tenant:t1/agent:a", Unit.Tokens, null, state with { Spent = 5 })]);

        var row = Assert.Single(index.Read(new BudgetQuery()).Rows);
        Assert.Equal(5, row.State.Spent);
        index.Put("t1", []);
        Assert.Empty(index.Read(new BudgetQuery()).Rows);
        Assert.False(index.Has("t1"));
    }

    [Fact]
    public void A_row_is_stale_until_its_numbers_are_read()
    {
        var row = new BudgetRow(Of("t1", "tenant:t1", Unit.Tokens, null, default)) { IsStale = true };
        row.State = row.State with { Reserved = 1 };
        Assert.False(row.IsStale);
    }

    [Theory]
    [InlineData(BudgetSort.Scope, false)]
    [InlineData(BudgetSort.Unit, false)]
    [InlineData(BudgetSort.Debt, true)]
    [InlineData(BudgetSort.Utilization, true)]
    public void A_list_by_numbers_says_so(BudgetSort sort, bool goesByNumbers)
    {
        var query = new BudgetQuery { SortBy = sort };
        Assert.Equal(goesByNumbers, query.GoesByNumbers());
        Assert.True((query with { OverLimit = false }).GoesByNumbers());
        Assert.True((query with { HasDebt = false }).GoesByNumbers());
        Assert.True((query with { UtilizationMin = 0 }).GoesByNumbers());
        Assert.True((query with { UtilizationMax = 1 }).GoesByNumbers());
    }

    private static (BudgetIndex Index, Dictionary<string, Budget> Model) After(Action<BudgetIndex, Dictionary<string, Budget>>[] changes)
    {
        var (index, model) = (new BudgetIndex(), new Dictionary<string, Budget>());
        foreach (var change in changes)
        {
            change(index, model);
        }

        return (index, model);
    }

    private static Action<BudgetIndex, Dictionary<string, Budget>> PutOne(Budget budget) => (index, model) =>
    {
        index.Put(budget);
        model[IdOf(budget)] = budget;
    };

    private static Action<BudgetIndex, Dictionary<string, Budget>> PutTenant(string tenant, Budget[] some) => (index, model) =>
    {
        var budgets = some.Where(budget => budget.Record.TenantId == tenant).DistinctBy(IdOf).ToArray();
        index.Put(tenant, budgets);
        foreach (var gone in model.Values.Where(budget => budget.Record.TenantId == tenant).ToArray())
        {
            model.Remove(IdOf(gone));
        }

        foreach (var budget in budgets)
        {
            model[IdOf(budget)] = budget;
        }
    };

    private static Action<BudgetIndex, Dictionary<string, Budget>> Refresh(Budget budget, BudgetState state) => (index, model) =>
    {
        if (index.Find(new BudgetRow(budget).Key) is { } row)
        {
            row.State = state;
            model[IdOf(budget)] = row.ToBudget();
        }
    };

    /// <summary>What is new is sorted in when somebody looks.</summary>
    private static Action<BudgetIndex, Dictionary<string, Budget>> Look(BudgetSort sort) =>
        (index, _) => index.Read(new BudgetQuery { SortBy = sort, Limit = 1 });

    private static void Clear(BudgetIndex index, Dictionary<string, Budget> model)
    {
        index.Clear();
        model.Clear();
    }

    private static Budget[] Ordered(Dictionary<string, Budget> model, BudgetQuery query)
    {
        var ordered = model.Values.Where(budget => Matches(query, budget)).OrderBy(budget => new BudgetRow(budget).ToSortKey(query.SortBy));
        return query.Ascending ? [.. ordered] : [.. ordered.Reverse()];
    }

    private static bool Matches(BudgetQuery query, Budget budget)
    {
        var (record, state) = (budget.Record, budget.State);
        var utilization = state.Allocated == 0 ? 0 : (double)state.Spent / state.Allocated;
        return (query.TenantId is null || record.TenantId == query.TenantId)
            && (query.ScopePrefix is null || ScopePath.FromCanonical(record.Scope).IsUnder(query.ScopePrefix))
            && (query.Search is null || record.Scope.Contains(query.Search, StringComparison.Ordinal))
            && (query.Unit is null || record.Unit == query.Unit)
            && (query.Status is null || state.Status == query.Status)
            && (query.OverLimit is null || state.IsOverLimit == query.OverLimit)
            && (query.HasDebt is null || state.Debt > 0 == query.HasDebt)
            && (query.UtilizationMin is null || utilization >= query.UtilizationMin)
            && (query.UtilizationMax is null || utilization <= query.UtilizationMax);
    }

    private static Gen<string?> Sometimes(Gen<string> some) => Gen.Select(some, Gen.Bool, (text, isThere) => isThere ? text : null);

    private static string IdOf(Budget budget) => $"{budget.Record.Scope}|{budget.Record.Unit}";

    private static Budget Of(string tenantId, string scope, Unit unit, OveragePolicy? policy, BudgetState state) => new(
        new BudgetRecord
        {
            LedgerId = $"bud_{scope}",
            TenantId = tenantId,
            Scope = scope,
            Unit = unit,
            Status = state.Status,
            OverdraftLimit = 0,
            CommitOveragePolicy = policy,
            CreatedAt = DateTimeOffset.UnixEpoch,
        },
        state);
}
