using Cycles.Contracts.Indexes;
using Cycles.Grains.Columns;
using Cycles.Grains.Records;

namespace Cycles.Grains.Indexes;

/// <summary>
/// Rows in the order of each text that a list can be sorted by. A list by a text is a walk that ends with the page. Numbers change with every commit, so an order by
/// a number would make commits dearer. A list by a number is a walk over all rows in the order of their ids: only the lister pays, and equal numbers are already in order.
/// </summary>
internal sealed class BudgetOrders
{
    private const int MostOffenders = 10;

    private readonly RowOrder _byId = new(_ => string.Empty);
    private readonly RowOrder _byTenant = new(row => row.Record.TenantId);
    private readonly RowOrder _byScope = new(row => row.Key.Scope.Value);
    private InternedTexts _scopes = new();

    public void Add(BudgetRow row)
    {
        row.ScopeNumber = _scopes.Intern(row.Key.Scope.Value);
        _byId.Add(row);
        _byTenant.Add(row);
        _byScope.Add(row);
    }

    public void RemoveAll(Predicate<BudgetRow> isGone)
    {
        _byId.RemoveAll(isGone);
        _byTenant.RemoveAll(isGone);
        _byScope.RemoveAll(isGone);
    }

    public void Clear()
    {
        _byId.Clear();
        _byTenant.Clear();
        _byScope.Clear();
        _scopes = new InternedTexts();
    }

    /// <summary>A page after a place.</summary>
    /// <returns>The page in order, and whether there is more.</returns>
    public (BudgetRow[] Page, bool HasMore) Select(BudgetQuery query, SortKey? after)
    {
        // A scope begins with its tenant's id and is lower case: to search it is to search both.
        var found = query.Search is { } part ? _scopes.Containing(part) : null;
        return query.SortBy switch
        {
            BudgetSort.TenantId => Walk(_byTenant, OfTenant(query), query, found, after),
            BudgetSort.Scope => Walk(_byScope, Beginning(_byScope.Rows, row => row.Key.Scope.Value, PrefixOf(query)), query, found, after),

            // The rows of a tenant are in the order of their ids too.
            _ when query.TenantId is not null => SelectByNumber(OfTenant(query), query, found, after),
            _ => SelectByNumber(Beginning(_byId.Rows, row => row.Id, query.ScopePrefix), query, found, after),
        };
    }

    /// <summary>How many there are of what, and the worst.</summary>
    public BudgetCensus Count()
    {
        var rows = _byId.Rows;
        var counts = new BudgetCensus { Total = rows.Length };
        using var overLimit = new SmallestNumbers(MostOffenders);
        using var inDebt = new SmallestNumbers(MostOffenders);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[^(i + 1)];
            var state = row.State;
            counts.ByStatus[(int)state.Status]++;
            counts.ByUnit[(int)row.Key.Unit]++;
            if (state.IsOverLimit)
            {
                counts.OverLimit++;
                overLimit.Offer(~state.Debt, i);
            }

            if (state.Debt > 0)
            {
                counts.WithDebt++;
                inDebt.Offer(~state.Debt, i);
            }
        }

        counts.WorstOverLimit = At(rows, overLimit.ToPlaces());
        counts.MostDebt = At(rows, inDebt.ToPlaces());
        return counts;

        static BudgetRow[] At(ReadOnlySpan<BudgetRow> rows, int[] places)
        {
            var found = new BudgetRow[places.Length];
            for (var i = 0; i < found.Length; i++)
            {
                found[i] = rows[^(places[i] + 1)];
            }

            return found;
        }
    }

    private static (BudgetRow[] Page, bool HasMore) Walk(
        RowOrder order, ReadOnlySpan<BudgetRow> rows, BudgetQuery query, bool[]? found, SortKey? after)
    {
        if (after is { } last)
        {
            rows = query.Ascending
                ? rows[RowOrder.FirstOf(rows, row => order.Compare(row, last.Text, last.Id) > 0)..]
                : rows[..RowOrder.FirstOf(rows, row => order.Compare(row, last.Text, last.Id) >= 0)];
        }

        var page = new List<BudgetRow>();
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[query.Ascending ? i : ^(i + 1)];
            if (Matches(query, found, row))
            {
                if (page.Count == query.Limit)
                {
                    return ([.. page], true);
                }

                page.Add(row);
            }
        }

        return ([.. page], false);
    }

    /// <param name="rows">The rows in the order of their ids.</param>
    /// <param name="query">The query.</param>
    /// <param name="found">Which scopes have what is searched; null for all.</param>
    /// <param name="after">Where the page before ended.</param>
    private static (BudgetRow[] Page, bool HasMore) SelectByNumber(
        ReadOnlySpan<BudgetRow> rows, BudgetQuery query, bool[]? found, SortKey? after)
    {
        // The complements of numbers are in the reverse order.
        var flip = query.Ascending ? 0 : -1L;
        var (least, placeOfLeast) = (long.MinValue, 0);
        if (after is { } last)
        {
            least = last.Number ^ flip;
            placeOfLeast = query.Ascending
                ? RowOrder.FirstOf(rows, row => string.CompareOrdinal(row.Id, last.Id) > 0)
                : rows.Length - RowOrder.FirstOf(rows, row => string.CompareOrdinal(row.Id, last.Id) >= 0);
        }

        using var smallest = new SmallestNumbers(query.Limit + 1);
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[query.Ascending ? i : rows.Length - 1 - i];

            // First what rules out most: the filters, until so many have passed them that most of the others come too late.
            if (smallest.IsFull ? Precedes(row, i) && Matches(query, found, row) : Matches(query, found, row) && Precedes(row, i))
            {
                smallest.Add(row.NumberOf(query.SortBy) ^ flip, i);
            }
        }

        var places = smallest.ToPlaces();
        var page = new BudgetRow[Math.Min(places.Length, query.Limit)];
        for (var i = 0; i < page.Length; i++)
        {
            page[i] = rows[query.Ascending ? places[i] : ^(places[i] + 1)];
        }

        return (page, places.Length > query.Limit);

        bool Precedes(BudgetRow row, int place)
        {
            var number = row.NumberOf(query.SortBy) ^ flip;
            return smallest.Takes(number) && (number > least || (number == least && place >= placeOfLeast));
        }
    }

    private static bool Matches(BudgetQuery query, bool[]? found, BudgetRow row) => found?[row.ScopeNumber] != false && query.Matches(row);

    /// <summary>The rows that can belong to the query's tenant, all when it names none; those of one tenant in the order of their ids.</summary>
    private ReadOnlySpan<BudgetRow> OfTenant(BudgetQuery query)
    {
        var rows = _byTenant.Rows;
        if (query.TenantId is not { } tenantId)
        {
            return rows;
        }

        rows = rows[RowOrder.FirstOf(rows, row => string.CompareOrdinal(row.Record.TenantId, tenantId) >= 0)..];
        rows = rows[..RowOrder.FirstOf(rows, row => row.Record.TenantId != tenantId)];
        return Beginning(rows, row => row.Id, query.ScopePrefix);
    }

    /// <summary>The longer of what a scope must begin with by its tenant and by the filter; the shorter is part of it, or nothing is found.</summary>
    private static string? PrefixOf(BudgetQuery query)
    {
        var root = query.TenantId is { } tenantId ? $"tenant:{tenantId}" : null;
        return root?.Length > (query.ScopePrefix?.Length ?? 0) ? root : query.ScopePrefix;
    }

    /// <summary>Those of rows in the order of a text that begin with something; all when it is null.</summary>
    private static ReadOnlySpan<BudgetRow> Beginning(ReadOnlySpan<BudgetRow> rows, Func<BudgetRow, string> textOf, string? prefix)
    {
        if (prefix is null)
        {
            return rows;
        }

        rows = rows[RowOrder.FirstOf(rows, row => string.CompareOrdinal(textOf(row), prefix) >= 0)..];
        return rows[..RowOrder.FirstOf(rows, row => !textOf(row).StartsWith(prefix, StringComparison.Ordinal))];
    }
}
