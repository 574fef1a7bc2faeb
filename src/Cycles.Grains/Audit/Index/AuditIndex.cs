using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Columns;
using Cycles.Grains.Records;

namespace Cycles.Grains.Audit.Index;

/// <summary>
/// The audit log in memory, a column for each thing that can be asked for, rows in order of time: some 80 bytes an entry, and up to 150 when
/// each has a resource of its own. A question reads only the columns that it is about.
/// </summary>
internal sealed class AuditIndex
{
    private static readonly AuditField[] Fields = Enum.GetValues<AuditField>();

    private readonly Column<long> _times = new();
    private readonly Column<UInt128> _ids = new();
    private readonly Column<UInt128> _traces = new();
    private readonly Column<ulong> _requests = new();
    private readonly Column<int>[] _values = Array.ConvertAll(Fields, _ => new Column<int>());
    private readonly InternedTexts[] _texts = Array.ConvertAll(Fields, _ => new InternedTexts());
    private readonly Dictionary<(string TenantId, int Day), int> _counts = [];
    private readonly Dictionary<(string TenantId, int Day), int> _unreadable = [];

    public int Count => _times.Count;

    /// <summary>The days of which there are entries.</summary>
    public IEnumerable<(string TenantId, int Day)> Days => _counts.Keys;

    public Column<int> Values(AuditField field) => _values[(int)field];

    public InternedTexts Texts(AuditField field) => _texts[(int)field];

    public RowKey KeyOf(int row) => new(_times[row], _ids[row]);

    /// <summary>The ids of all rows.</summary>
    public ReadOnlySpan<UInt128> Ids => _ids.Items;

    public UInt128 TraceOf(int row) => _traces[row];

    public ulong RequestOf(int row) => _requests[row];

    /// <summary>How many entries of a tenant's day are known, those that cannot be read included.</summary>
    public int CountOf(string tenantId, int day) => _counts.GetValueOrDefault((tenantId, day)) + _unreadable.GetValueOrDefault((tenantId, day));

    /// <summary>Whether a row is among the first <paramref name="sorted"/> ones, which are in order.</summary>
    public bool Has(AuditRow row, int sorted)
    {
        var key = Read(row).Key;
        var place = FirstFrom(key, sorted);
        return place < sorted && KeyOf(place) == key;
    }

    /// <summary>The first row at or after a place in time; <see cref="Count"/> when there is none.</summary>
    public int FirstFrom(RowKey key) => FirstFrom(key, Count);

    private int FirstFrom(RowKey key, int count)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = KeyOf(middle).CompareTo(key) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Finds its place for each row that is not there yet: for few rows, or new ones.</summary>
    public void Insert(IReadOnlyList<AuditRow> rows)
    {
        foreach (var row in rows)
        {
            Insert(row);
        }
    }

    /// <summary>Adds rows wherever they belong, to be followed by <see cref="Sort"/>: for many rows.</summary>
    public void AddUnsorted(IReadOnlyList<AuditRow> rows)
    {
        foreach (var row in rows)
        {
            Append(Read(row));
            CountIn(row);
        }
    }

    /// <summary>Says how many entries of a day cannot be read, so that they do not look like ones that are missing.</summary>
    public void SetUnreadable(string tenantId, int day, int count) => _unreadable[(tenantId, day)] = count;

    /// <summary>Puts the rows in order, each once.</summary>
    public void Sort()
    {
        var keys = new RowKey[Count];
        var order = new int[Count];
        for (var row = 0; row < keys.Length; row++)
        {
            (keys[row], order[row]) = (KeyOf(row), row);
        }

        Array.Sort(keys, order);
        var kept = new List<int>(order.Length);
        for (var i = 0; i < order.Length; i++)
        {
            if (i > 0 && keys[i] == keys[i - 1])
            {
                CountOut(order[i]);
            }
            else
            {
                kept.Add(order[i]);
            }
        }

        Arrange(CollectionsMarshal.AsSpan(kept));
    }

    /// <summary>This index without the days that are not to stay, and without the texts that only those had.</summary>
    public AuditIndex Where(Func<string, int, bool> staysDay)
    {
        var rest = new AuditIndex();
        for (var row = 0; row < Count; row++)
        {
            var tenantId = Texts(AuditField.Tenant).ToText(Values(AuditField.Tenant)[row]);
            if (staysDay(tenantId, DayOf(row)))
            {
                rest.Append(new RowData(
                    KeyOf(row), TraceOf(row), RequestOf(row), Array.ConvertAll(Fields, field => Texts(field).ToText(Values(field)[row]))));
            }
        }

        foreach (var ((tenantId, day), count) in _counts)
        {
            if (staysDay(tenantId, day))
            {
                rest._counts[(tenantId, day)] = count;
            }
        }

        foreach (var ((tenantId, day), count) in _unreadable)
        {
            if (staysDay(tenantId, day))
            {
                rest._unreadable[(tenantId, day)] = count;
            }
        }

        return rest;
    }

    /// <summary>How a request id stands in its column: 64 bits of it. What they find is compared again on the record.</summary>
    public static ulong HashOfRequest(string? requestId) =>
        requestId is null ? 0 : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(requestId.AsSpan()));

    /// <summary>How a trace id stands in its column; 0 is none, which is no trace id.</summary>
    public static UInt128 ParseTrace(string? traceId) =>
        UInt128.TryParse(traceId, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var trace) ? trace : 0;

    private void Insert(AuditRow row)
    {
        var data = Read(row);
        var place = FirstFrom(data.Key);
        if (place < Count && KeyOf(place) == data.Key)
        {
            return;
        }

        if (place == Count)
        {
            Append(data);
        }
        else
        {
            _times.Insert(place, data.Key.TimeMs);
            _ids.Insert(place, data.Key.Id);
            _traces.Insert(place, data.Trace);
            _requests.Insert(place, data.Request);
            foreach (var field in Fields)
            {
                Values(field).Insert(place, Texts(field).Intern(data.Texts[(int)field]));
            }
        }

        CountIn(row);
    }

    private void Append(RowData data)
    {
        _times.Add(data.Key.TimeMs);
        _ids.Add(data.Key.Id);
        _traces.Add(data.Trace);
        _requests.Add(data.Request);
        foreach (var field in Fields)
        {
            Values(field).Add(Texts(field).Intern(data.Texts[(int)field]));
        }
    }

    private void Arrange(ReadOnlySpan<int> order)
    {
        _times.Arrange(order);
        _ids.Arrange(order);
        _traces.Arrange(order);
        _requests.Arrange(order);
        foreach (var values in _values)
        {
            values.Arrange(order);
        }
    }

    private static RowData Read(AuditRow row)
    {
        if (!AuditLogIds.TryParse(row.LogId, out var id))
        {
            throw new FormatException($"{row.LogId} is no id of the audit log");
        }

        return new RowData(
            new RowKey(row.Timestamp.ToUnixTimeMilliseconds(), id),
            ParseTrace(row.TraceId),
            HashOfRequest(row.RequestId),
            [
                row.TenantId, row.Operation, row.ResourceType, row.ResourceId, row.KeyId, row.ErrorCode,
                row.Status.ToString("D3", CultureInfo.InvariantCulture),
            ]);
    }

    private void CountIn(AuditRow row) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, (row.TenantId, AuditDays.NumberOf(row.Timestamp)), out _)++;

    private void CountOut(int row) =>
        CollectionsMarshal.GetValueRefOrAddDefault(
            _counts, (Texts(AuditField.Tenant).ToText(Values(AuditField.Tenant)[row]), DayOf(row)), out _)--;

    private int DayOf(int row) => AuditDays.NumberOf(DateTimeOffset.FromUnixTimeMilliseconds(_times[row]));

    private readonly record struct RowData(RowKey Key, UInt128 Trace, ulong Request, string?[] Texts);
}
