using Cycles.Grains.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Indexes;

/// <summary>The budgets of the tenants that were read so far. Plain single-threaded state.</summary>
internal sealed class BudgetIndex
{
    private const int MostOffenders = 10;

    // Up to here rows are put into the order one by one; more are sorted in together.
    private const int MostInserted = 8;

    // Up to here a tenant's rows are taken in any order.
    private const int FewRows = 1000;

    private readonly Dictionary<string, Dictionary<BudgetKey, BudgetRow>> _tenants = [];

    // By id. Most rows of a list are often equal in what it is sorted by (no debt, no policy): then the first ones met make up the page, and
    // every other is thrown away after one comparison.
    private readonly List<BudgetRow> _ordered = [];
    private bool _isOrdered = true;

    public bool Has(string tenantId) => _tenants.ContainsKey(tenantId);

    public BudgetRow? Find(BudgetKey key) => _tenants.GetValueOrDefault(key.Scope.TenantId)?.GetValueOrDefault(key);

    public void Clear()
    {
        _tenants.Clear();
        _ordered.Clear();
        _isOrdered = true;
    }

    /// <summary>Takes over all budgets of a tenant.</summary>
    public void Put(string tenantId, IReadOnlyCollection<Budget> budgets)
    {
        var known = _tenants.GetValueOrDefault(tenantId) ?? [];
        var rows = new Dictionary<BudgetKey, BudgetRow>(budgets.Count);
        var added = new List<BudgetRow>();
        foreach (var budget in budgets)
        {
            var row = new BudgetRow(budget);
            if (known.Remove(row.Key, out var same))
            {
                (same.Record, same.State) = (budget.Record, budget.State);
                row = same;
            }
            else
            {
                added.Add(row);
            }

            rows[row.Key] = row;
        }

        if (known.Count > 0)
        {
            // Gone from the store.
            _ordered.RemoveAll(row => known.ContainsKey(row.Key));
        }

        if (rows.Count > 0)
        {
            _tenants[tenantId] = rows;
        }
        else
        {
            _tenants.Remove(tenantId);
        }

        Order(added);
    }

    /// <summary>Takes over one budget.</summary>
    public void Put(Budget budget)
    {
        var row = new BudgetRow(budget);
        if (Find(row.Key) is { } known)
        {
            (known.Record, known.State) = (budget.Record, budget.State);
            return;
        }

        if (!_tenants.TryGetValue(budget.Record.TenantId, out var rows))
        {
            _tenants[budget.Record.TenantId] = rows = [];
        }

        rows[row.Key] = row;
        Order([row]);
    }

    /// <summary>A page, or why there is none.</summary>
    public BudgetPage Read(BudgetQuery query)
    {
        var (problem, page, next) = PageSelection.Read(
            Rows(query.TenantId, query.Ascending),
            query.Matches,
            row => row.ToSortKey(query.SortBy),
            query.Ascending,
            query.Limit,
            query.Fingerprint(),
            query.Cursor);
        return new BudgetPage(problem, Array.ConvertAll(page, row => row.ToBudget()), next);
    }

    /// <summary>How many there are of what, and the worst.</summary>
    public BudgetSummary Summarize()
    {
        var byStatus = new int[Enum.GetValues<BudgetStatus>().Length];
        var byUnit = new Dictionary<Unit, int>();
        var (total, overLimit, withDebt) = (0, 0, 0);
        foreach (var row in _ordered)
        {
            total++;
            byStatus[(int)row.State.Status]++;
            byUnit[row.Key.Unit] = byUnit.GetValueOrDefault(row.Key.Unit) + 1;
            overLimit += row.State.IsOverLimit ? 1 : 0;
            withDebt += row.State.Debt > 0 ? 1 : 0;
        }

        return new BudgetSummary(
            total,
            byStatus[(int)BudgetStatus.Active],
            byStatus[(int)BudgetStatus.Frozen],
            byStatus[(int)BudgetStatus.Closed],
            overLimit,
            withDebt,
            byUnit,
            WithMostDebt(row => row.State.IsOverLimit),
            WithMostDebt(row => row.State.Debt > 0));
    }

    private Budget[] WithMostDebt(Func<BudgetRow, bool> matches)
    {
        var (worst, _) = PageSelection.Select(
            Rows(null, ascending: false), matches, row => row.ToSortKey(BudgetSort.Debt), ascending: false, MostOffenders, after: null);
        return Array.ConvertAll(worst, row => row.ToBudget());
    }

    /// <summary>The rows of a tenant, or of all in the order of their ids.</summary>
    private IEnumerable<BudgetRow> Rows(string? tenantId, bool ascending)
    {
        if (tenantId is not null)
        {
            var rows = _tenants.GetValueOrDefault(tenantId);
            if (rows is not { Count: > FewRows })
            {
                return rows?.Values ?? Enumerable.Empty<BudgetRow>();
            }
        }

        if (!_isOrdered)
        {
            _ordered.Sort(Compare);
            _isOrdered = true;
        }

        var all = ascending ? _ordered : Enumerable.Reverse(_ordered);
        return tenantId is null ? all : all.Where(row => row.Record.TenantId == tenantId);
    }

    private void Order(List<BudgetRow> added)
    {
        if (!_isOrdered || added.Count > MostInserted)
        {
            _ordered.AddRange(added);
            _isOrdered = false;
            return;
        }

        var byId = Comparer<BudgetRow>.Create(Compare);
        foreach (var row in added)
        {
            _ordered.Insert(~_ordered.BinarySearch(row, byId), row);
        }
    }

    private static int Compare(BudgetRow left, BudgetRow right) => string.CompareOrdinal(left.Id, right.Id);
}
