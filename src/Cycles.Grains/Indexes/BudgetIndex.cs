using Cycles.Grains.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Indexes;

/// <summary>The budgets of the tenants that were read so far. Plain single-threaded state.</summary>
internal sealed class BudgetIndex
{
    private const int MostOffenders = 10;

    private readonly Dictionary<string, Dictionary<BudgetKey, BudgetRow>> _tenants = [];

    public bool Has(string tenantId) => _tenants.ContainsKey(tenantId);

    public BudgetRow? Find(BudgetKey key) => _tenants.GetValueOrDefault(key.Scope.TenantId)?.GetValueOrDefault(key);

    public void Clear() => _tenants.Clear();

    /// <summary>Takes over all budgets of a tenant.</summary>
    public void Put(string tenantId, IEnumerable<Budget> budgets)
    {
        var rows = budgets.Select(budget => new BudgetRow(budget)).ToDictionary(row => row.Key);
        if (rows.Count > 0)
        {
            _tenants[tenantId] = rows;
        }
        else
        {
            _tenants.Remove(tenantId);
        }
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
    }

    /// <summary>A page, or why there is none.</summary>
    public BudgetPage Read(BudgetQuery query)
    {
        var (problem, page, next) = PageSelection.Read(
            Rows(query.TenantId),
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
        foreach (var row in Rows(null))
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
            Rows(null), matches, row => row.ToSortKey(BudgetSort.Debt), ascending: false, MostOffenders, after: null);
        return Array.ConvertAll(worst, row => row.ToBudget());
    }

    private IEnumerable<BudgetRow> Rows(string? tenantId) => tenantId is null
        ? _tenants.Values.SelectMany(rows => rows.Values)
        : _tenants.GetValueOrDefault(tenantId)?.Values ?? Enumerable.Empty<BudgetRow>();
}
