using Cycles.Contracts.Indexes;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Grains.Records;

namespace Cycles.Grains.Indexes;

/// <summary>The budgets of the tenants that were read so far. Plain single-threaded state.</summary>
internal sealed class BudgetIndex
{
    private readonly Dictionary<string, Dictionary<BudgetKey, BudgetRow>> _tenants = [];
    private readonly BudgetOrders _orders = new();

    public bool Has(string tenantId) => _tenants.ContainsKey(tenantId);

    public BudgetRow? Find(BudgetKey key) => _tenants.GetValueOrDefault(key.Scope.TenantId)?.GetValueOrDefault(key);

    public void Clear()
    {
        _tenants.Clear();
        _orders.Clear();
    }

    /// <summary>Takes over all budgets of a tenant.</summary>
    public void Put(string tenantId, IReadOnlyCollection<Budget> budgets)
    {
        var known = _tenants.GetValueOrDefault(tenantId) ?? [];
        var rows = new Dictionary<BudgetKey, BudgetRow>(budgets.Count);
        foreach (var budget in budgets)
        {
            var row = new BudgetRow(budget);
            if (known.Remove(row.Key, out var same))
            {
                same.Become(budget);
                row = same;
            }
            else
            {
                _orders.Add(row);
            }

            rows[row.Key] = row;
        }

        if (known.Count > 0)
        {
            // Gone from the store.
            _orders.RemoveAll(row => known.ContainsKey(row.Key));
        }

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
            known.Become(budget);
            return;
        }

        if (!_tenants.TryGetValue(budget.Record.TenantId, out var rows))
        {
            _tenants[budget.Record.TenantId] = rows = [];
        }

        rows[row.Key] = row;
        _orders.Add(row);
    }

    /// <summary>A page, or why there is none.</summary>
    public BudgetRows Read(BudgetQuery query)
    {
        SortKey? after = null;
        if (query.Cursor is { } cursor)
        {
            if (!ListCursor.TryParse(cursor, query.Fingerprint(), out var last))
            {
                return new BudgetRows(PageSelection.ForeignCursor, [], null);
            }

            after = last;
        }

        var (rows, hasMore) = _orders.Select(query, after);
        return new BudgetRows(null, rows, hasMore ? ListCursor.Format(query.Fingerprint(), rows[^1].ToSortKey(query.SortBy)) : null);
    }

    /// <summary>How many there are of what, and the worst.</summary>
    public BudgetCensus Count() => _orders.Count();
}
