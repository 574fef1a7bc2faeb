using CsCheck;
using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Audit.Search;
using Cycles.Grains.Records;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Tests.Audit;

/// <summary>The index answers as a plain list of entries would, for any entries in any order, any filters, any sort, page by page.</summary>
public sealed class AuditSearchProperties
{
    private static readonly DateTimeOffset Day = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AuditRetention Everything = new(long.MinValue, long.MinValue);

    private static readonly Gen<string?> SomeCode = Gen.OneOfConst(null, "INVALID_REQUEST", "NOT_FOUND", "FORBIDDEN");
    private static readonly Gen<string> SomeTenant = Gen.OneOfConst("acme", "globex", "initech", AuditLogEntry.AdminTenant);
    private static readonly Gen<string> SomeOperation = Gen.OneOfConst("createBudget", "fundBudget", "updateBudget", "createTenant");
    private static readonly Gen<string?> SomeResource = Gen.OneOfConst(null, "bud_1", "bud_2", "Key_É", "key_10");

    private static readonly Gen<AuditRow> SomeRow = Gen.Select(
        Gen.Int[0, 50], SomeTenant, SomeOperation, SomeResource, SomeCode, Gen.OneOfConst(200, 201, 400, 404), Gen.Int[0, 3],
        (at, tenant, operation, resource, code, status, request) => new AuditRow
        {
            LogId = AuditLogIds.Create(Day.AddMilliseconds(at)),
            Timestamp = Day.AddMilliseconds(at),
            TenantId = tenant,
            Operation = operation,
            Status = status,
            ResourceType = resource is null ? null : resource[..3],
            ResourceId = resource,
            KeyId = request == 0 ? null : $"key_{request}",
            RequestId = request == 0 ? null : $"req_{request}",
            TraceId = request == 0 ? null : new string((char)('0' + request), 32),
            ErrorCode = code,
        });

    private static readonly Gen<AuditQuery> SomeQuery = Gen.Select(
        Gen.Select(SomeTenant, Gen.Int[0, 3], (tenant, which) => which == 0 ? tenant : null),
        Gen.Select(SomeOperation.Array[0, 3], Gen.Int[0, 2], (operations, which) => which == 0 ? operations : []),
        Gen.Select(SomeCode.Array[0, 2], Gen.Int[0, 3], (codes, which) => (Codes: codes.OfType<string>().ToArray(), Which: which)),
        Gen.OneOfConst<(int? Min, int? Max)>((null, null), (null, null), (200, 200), (null, 201), (201, null), (300, 404)),
        Gen.OneOfConst<(long? From, long? To)>((null, null), (null, null), (10, 40), (25, null), (null, 25)),
        Gen.OneOfConst(null, null, null, "BUD", "é", "KEY_1", "g_0", "not_f", "log", "4", "d", "update"),
        Gen.Select(Gen.Enum<AuditSort>(), Gen.Bool, Gen.Int[1, 7]),
        Gen.Int[0, 9],
        (tenant, operations, codes, status, window, search, sort, request) => new AuditQuery
        {
            TenantId = tenant,
            Operations = operations,
            ErrorCodes = codes.Which == 0 ? codes.Codes : [],
            ExcludedErrorCodes = codes.Which == 1 ? codes.Codes : [],
            StatusMin = status.Min,
            StatusMax = status.Max,
            FromMs = window.From + Day.ToUnixTimeMilliseconds(),
            ToMs = window.To + Day.ToUnixTimeMilliseconds(),
            Search = search,
            SortBy = sort.Item1,
            Ascending = sort.Item2,
            Limit = sort.Item3,
            RequestId = request == 0 ? "req_1" : null,
            TraceId = request == 1 ? new string('2', 32) : null,
            KeyId = request == 2 ? "key_3" : null,
            ResourceId = request == 3 ? "bud_1" : null,
            ResourceTypes = request == 4 ? ["bud", "Key"] : [],
        });

    [Fact]
    public void Pages_are_what_a_plain_list_filters_and_sorts_into() => Gen.Select(SomeRow.Array[0, 60], SomeQuery, Gen.Bool).Sample(
        (rows, query, isLoaded) =>
        {
            var index = IndexOf(rows, isLoaded);
            var wanted = Order(rows.Where(row => Matches(query, row)), query).Select(row => row.LogId).ToArray();
            var found = PageThrough(index, query);
            Assert.Equal(wanted, found);
        },
        iter: 3_000);

    [Fact]
    public void Entries_come_in_any_order_and_again_and_count_once() => Gen.Select(SomeRow.Array[1, 40], Gen.Int[0, 1000]).Sample(
        (rows, seed) =>
        {
            var shuffled = rows.Concat(rows).ToArray();
            new Random(seed).Shuffle(shuffled);
            foreach (var isLoaded in new[] { true, false })
            {
                var index = IndexOf(shuffled, isLoaded);
                Assert.Equal(rows.Length, index.Count);
                Assert.Equal(rows.Count(row => row.TenantId == "acme"), index.CountOf("acme", AuditDays.NumberOf(Day)));
            }
        },
        iter: 500);

    private static AuditIndex IndexOf(AuditRow[] rows, bool isLoaded)
    {
        var index = new AuditIndex();
        if (isLoaded)
        {
            index.AddUnsorted(rows);
            index.Sort();
        }
        else
        {
            index.Insert(rows);
        }

        return index;
    }

    private static List<string> PageThrough(AuditIndex index, AuditQuery query)
    {
        var found = new List<string>();
        (RowKey, string)? after = null;
        while (true)
        {
            var rows = new AuditSearch(index, query, Everything).Find(after);
            found.AddRange(rows.Take(query.Limit).Select(row => AuditLogIds.Format(index.KeyOf(row).Id)));
            if (rows.Count <= query.Limit)
            {
                return found;
            }

            var last = rows[query.Limit - 1];
            var sorted = AuditSearch.FieldOf(query.SortBy) is { } field ? index.Texts(field).ToText(index.Values(field)[last]) : string.Empty;
            Assert.True(AuditCursor.TryParse(AuditCursor.Format(query, index.KeyOf(last), sorted), query, out var key, out sorted));
            after = (key, sorted);
        }
    }

    private static bool Matches(AuditQuery query, AuditRow row) =>
        Is(query.TenantId, row.TenantId) && Is(query.KeyId, row.KeyId) && Is(query.ResourceId, row.ResourceId)
        && Is(query.RequestId, row.RequestId) && Is(query.TraceId, row.TraceId)
        && Any(query.Operations, row.Operation) && Any(query.ResourceTypes, row.ResourceType) && Any(query.ErrorCodes, row.ErrorCode)
        && !(row.ErrorCode is { } code && query.ExcludedErrorCodes.Contains(code))
        && !(row.Status < query.StatusMin) && !(row.Status > query.StatusMax)
        && !(row.Timestamp.ToUnixTimeMilliseconds() < query.FromMs) && !(row.Timestamp.ToUnixTimeMilliseconds() > query.ToMs)
        && (query.Search is null || new[] { row.Operation, row.ErrorCode, row.ResourceId, row.LogId }.Any(text => Contains(text, query.Search)));

    private static bool Is(string? wanted, string? text) => wanted is null || wanted == text;

    private static bool Any(string[] wanted, string? text) => wanted.Length == 0 || (text is not null && wanted.Contains(text));

    /// <summary>Upper and lower case are the same in ASCII.</summary>
    private static bool Contains(string? text, string part) => text is not null && Lower(text).Contains(Lower(part), StringComparison.Ordinal);

    private static string Lower(string text) => string.Concat(text.Select(letter => char.IsAscii(letter) ? char.ToLowerInvariant(letter) : letter));

    private static IEnumerable<AuditRow> Order(IEnumerable<AuditRow> rows, AuditQuery query)
    {
        Func<AuditRow, string> keyOf = query.SortBy switch
        {
            AuditSort.Operation => row => row.Operation,
            AuditSort.ResourceType => row => row.ResourceType ?? string.Empty,
            AuditSort.TenantId => row => row.TenantId,
            AuditSort.KeyId => row => row.KeyId ?? string.Empty,
            AuditSort.Status => row => $"{row.Status}",
            _ => _ => string.Empty,
        };
        var ascending = rows.OrderBy(keyOf, StringComparer.Ordinal).ThenBy(row => row.Timestamp).ThenBy(row => row.LogId, StringComparer.Ordinal);
        return query.Ascending ? ascending : ascending.Reverse();
    }
}
