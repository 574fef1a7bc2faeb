using System.Runtime.InteropServices;

namespace Cycles.Grains.Indexes;

/// <summary>
/// Rows in an order that never changes for a row: by a text, then by id. New ones are sorted in together when somebody next looks, in one
/// pass over the array.
/// </summary>
/// <param name="textOf">The text; compared character by character.</param>
internal sealed class RowOrder(Func<BudgetRow, string> textOf)
{
    private readonly List<BudgetRow> _rows = [];
    private readonly List<BudgetRow> _added = [];

    /// <summary>All rows in order.</summary>
    public ReadOnlySpan<BudgetRow> Rows
    {
        get
        {
            Merge();
            return CollectionsMarshal.AsSpan(_rows);
        }
    }

    public void Add(BudgetRow row) => _added.Add(row);

    public void RemoveAll(Predicate<BudgetRow> isGone)
    {
        _rows.RemoveAll(isGone);
        _added.RemoveAll(isGone);
    }

    public void Clear()
    {
        _rows.Clear();
        _added.Clear();
    }

    /// <summary>How a row stands to a place in this order: below 0 before it, 0 at it, above 0 behind it.</summary>
    public int Compare(BudgetRow row, string text, string id) =>
        string.CompareOrdinal(textOf(row), text) is var byText and not 0 ? byText : string.CompareOrdinal(row.Id, id);

    /// <summary>The first of some rows from which on something holds; their end when it holds for none.</summary>
    public static int FirstOf(ReadOnlySpan<BudgetRow> rows, Func<BudgetRow, bool> holds)
    {
        var (low, high) = (0, rows.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = holds(rows[middle]) ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private void Merge()
    {
        if (_added.Count == 0)
        {
            return;
        }

        _added.Sort((left, right) => Compare(left, textOf(right), right.Id));
        var end = _rows.Count;
        CollectionsMarshal.SetCount(_rows, end + _added.Count);
        var rows = CollectionsMarshal.AsSpan(_rows);
        for (var i = _added.Count - 1; i >= 0; i--)
        {
            // What stands behind it moves by as many as are still to come.
            var row = _added[i];
            var place = FirstOf(rows[..end], other => Compare(other, textOf(row), row.Id) > 0);
            rows[place..end].CopyTo(rows[(place + i + 1)..]);
            rows[place + i] = row;
            end = place;
        }

        _added.Clear();
    }
}
