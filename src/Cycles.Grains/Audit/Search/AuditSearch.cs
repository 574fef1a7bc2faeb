using System.Text;
using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Columns;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Audit.Search;

/// <summary>
/// Finds the entries of a page. In order of time the walk ends with the page. In any other order two walks over columns of numbers do: the first
/// counts what matches by the value that is sorted by, the second takes what belongs to the values that the page reaches. So no order
/// is kept, none goes stale, and any filter works with any sort.
/// </summary>
/// <param name="index">The index.</param>
/// <param name="query">The query.</param>
/// <param name="retention">What is within its retention.</param>
internal sealed class AuditSearch(AuditIndex index, AuditQuery query, AuditRetention retention)
{
    private readonly AuditFilter _filter = new(index, query);
    private readonly int? _unauthenticated = index.Texts(AuditField.Tenant).Find(AuditLogEntry.UnauthenticatedTenant);

    // From here on every row is within the retention of its tenant.
    private readonly int _allShownFrom = index.FirstFrom(
        new RowKey(Math.Max(retention.FromMs, retention.UnauthenticatedFromMs), UInt128.MinValue));

    /// <summary>The rows of the page in order, and one more when there is a next page.</summary>
    /// <param name="after">Where the page before ended, and what that row had in the column that is sorted by; null for the first page.</param>
    public List<int> Find((RowKey Key, string Sorted)? after)
    {
        if (_filter.MatchesNothing)
        {
            return [];
        }

        var fromMs = Math.Max(query.FromMs ?? long.MinValue, Math.Min(retention.FromMs, retention.UnauthenticatedFromMs));
        var first = index.FirstFrom(new RowKey(fromMs, UInt128.MinValue));
        var end = query.ToMs is { } to ? index.FirstFrom(new RowKey(to + 1, UInt128.MinValue)) : index.Count;
        return FieldOf(query.SortBy) is { } field ? FindSorted(field, first, end, after) : FindInTime(first, end, after?.Key);
    }

    /// <summary>The column of a sort key; null for time.</summary>
    public static AuditField? FieldOf(AuditSort sort) => sort switch
    {
        AuditSort.Timestamp => null,
        AuditSort.Operation => AuditField.Operation,
        AuditSort.ResourceType => AuditField.ResourceType,
        AuditSort.TenantId => AuditField.Tenant,
        AuditSort.KeyId => AuditField.Key,
        AuditSort.Status => AuditField.Status,
        _ => throw new InvalidOperationException($"sort {sort} is unknown"),
    };

    private List<int> FindInTime(int first, int end, RowKey? after)
    {
        if (after is { } key)
        {
            (first, end) = query.Ascending ? (Math.Max(first, FirstAfter(key)), end) : (first, Math.Min(end, index.FirstFrom(key)));
        }

        var found = new List<int>();
        for (var (step, row) = FirstStep(first, end); row >= first && row < end && found.Count <= query.Limit; row += step)
        {
            if (Matches(row))
            {
                found.Add(row);
            }
        }

        return found;
    }

    private List<int> FindSorted(AuditField field, int first, int end, (RowKey Key, string Sorted)? after)
    {
        var values = index.Values(field);
        var texts = index.Texts(field);
        var side = after is { } cursor ? SidesOf(texts, cursor.Sorted) : [];
        var place = after is { } last ? (query.Ascending ? FirstAfter(last.Key) : index.FirstFrom(last.Key)) : 0;

        // Whether a row matches is found out once.
        var counts = new int[texts.Count];
        using var matching = new RowSet(first, end);
        for (var row = first; row < end; row++)
        {
            if (Matches(row) && IsBehind(row))
            {
                matching.Add(row);
                counts[values[row]]++;
            }
        }

        // In order, the values that the page reaches; of each at most a page.
        var room = new int[texts.Count];
        var reached = new List<int>();
        var left = query.Limit + 1;
        foreach (var value in query.Ascending ? texts.Ordered() : Enumerable.Reverse(texts.Ordered()))
        {
            if (left > 0 && counts[value] > 0)
            {
                room[value] = Math.Min(left, counts[value]);
                left -= room[value];
                reached.Add(value);
            }
        }

        var found = reached.ToDictionary(value => value, value => new List<int>(room[value]));
        var missing = query.Limit + 1 - left;
        for (var (step, row) = FirstStep(first, end); missing > 0; row += step)
        {
            if (matching.Contains(row) && room[values[row]] > 0)
            {
                found[values[row]].Add(row);
                room[values[row]]--;
                missing--;
            }
        }

        return [.. reached.SelectMany(value => found[value])];

        bool IsBehind(int row) => after is null || side[values[row]] switch
        {
            0 => query.Ascending ? row >= place : row < place,
            var difference => difference > 0,
        };
    }

    private (int Step, int Row) FirstStep(int first, int end) => query.Ascending ? (1, first) : (-1, end - 1);

    private bool Matches(int row) =>
        _filter.Matches(row) && (row >= _allShownFrom || index.KeyOf(row).TimeMs >= (index.Values(AuditField.Tenant)[row] == _unauthenticated
            ? retention.UnauthenticatedFromMs
            : retention.FromMs));

    /// <summary>For each text whether it comes before (-1), at (0) or behind (1) another one in the order of the query.</summary>
    private int[] SidesOf(InternedTexts texts, string other)
    {
        var bytes = Encoding.UTF8.GetBytes(other);
        var sides = new int[texts.Count];
        for (var number = 0; number < sides.Length; number++)
        {
            var difference = Math.Sign(texts[number].SequenceCompareTo(bytes));
            sides[number] = query.Ascending ? difference : -difference;
        }

        return sides;
    }

    private int FirstAfter(RowKey key)
    {
        var row = index.FirstFrom(key);
        return row < index.Count && index.KeyOf(row) == key ? row + 1 : row;
    }
}
