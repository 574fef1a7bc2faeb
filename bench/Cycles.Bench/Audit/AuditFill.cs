using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cycles.Bench.Servers;
using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;
using StackExchange.Redis;

namespace Cycles.Bench.Audit;

/// <summary>
/// Writes an audit log into a store that no server has open yet: a hundred tenants over thirty days, as changes and refusals come, each with
/// a request and a trace of its own and every fifth with a resource of its own.
/// </summary>
internal sealed class AuditFill(int count)
{
    public const int Tenants = 100;
    public const int Days = 30;

    private const int AtOnce = 16;
    private const string Stream = "audit";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly (string Operation, string ResourceType)[] Operations =
    [
        ("fundBudget", AuditResources.Budget), ("fundBudget", AuditResources.Budget), ("fundBudget", AuditResources.Budget),
        ("createBudget", AuditResources.Budget), ("updateBudget", AuditResources.Budget), ("createApiKey", AuditResources.ApiKey),
        ("revokeApiKey", AuditResources.ApiKey), ("createPolicy", AuditResources.Policy), ("updateTenant", AuditResources.Tenant),
        ("releaseReservation", AuditResources.Reservation),
    ];

    private static readonly string[] ErrorCodes = ["INVALID_REQUEST", "NOT_FOUND", "BUDGET_NOT_FOUND", "DUPLICATE_RESOURCE"];

    private readonly Random _random = new(1);
    private readonly DateTimeOffset _end = DateTimeOffset.UtcNow;

    /// <summary>An entry somewhere in the middle, to ask for.</summary>
    public AuditLogEntry? Sample { get; private set; }

    public static string TenantOf(int number) => $"tenant-{number:000}";

    /// <param name="dataPath">The folder of the embedded store.</param>
    /// <param name="redis">The endpoint of Redis; null fills the embedded store.</param>
    public async Task<TimeSpan> RunAsync(string dataPath, string? redis)
    {
        var watch = Stopwatch.StartNew();
        await using var store = await UnservedStore.OpenAsync(dataPath, redis);
        var database = store.Redis.Commits;
        var eachDay = count / (Tenants * Days);
        var writes = new List<Task>();
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            var number = 0L;
            var keys = new TenantKeys(TenantOf(tenant));
            await database.SortedSetAddAsync(ClusterKeys.Tenants, TenantOf(tenant), tenant);
            for (var day = Days - 1; day >= 0; day--)
            {
                var from = _end.AddDays(-day).Date;
                var entries = Enumerable.Range(0, eachDay).Select(_ => EntryOf(tenant, from)).ToArray();
                var name = from.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
                writes.Add(database.HashSetAsync(keys.Journal(Stream, name), Array.ConvertAll(entries, entry => ToField(++number, entry))));
                writes.Add(database.SortedSetAddAsync(keys.JournalDays(Stream), name, new DateTimeOffset(from, TimeSpan.Zero).ToUnixTimeMilliseconds()));
                Sample = tenant == Tenants / 2 && day == Days / 2 ? entries[0] : Sample;
                if (writes.Count >= AtOnce)
                {
                    await Task.WhenAll(writes);
                    writes.Clear();
                }
            }

            writes.Add(database.StringSetAsync(keys.JournalHead(Stream), number));
        }

        await Task.WhenAll(writes);
        await store.Redis.BarrierAsync();
        return watch.Elapsed;
    }

    private AuditLogEntry EntryOf(int tenant, DateTime day)
    {
        var (operation, resourceType) = Operations[_random.Next(Operations.Length)];
        var at = new DateTimeOffset(day, TimeSpan.Zero).AddMilliseconds(_random.NextInt64((long)(new DateTimeOffset(day.AddDays(1), TimeSpan.Zero) - new DateTimeOffset(day, TimeSpan.Zero)).TotalMilliseconds));
        at = at > _end ? _end.AddMilliseconds(-_random.Next(1000)) : at;
        var isOwn = _random.Next(5) == 0;
        var origin = new Origin
        {
            Operation = operation,
            Actor = ActorType.ApiKey,
            KeyId = $"key_{TenantOf(tenant)}_{_random.Next(5)}",
            SourceIp = $"10.0.{_random.Next(256)}.{_random.Next(256)}",
            UserAgent = "cycles-sdk/1.4 (python 3.13)",
            RequestId = $"req_{RandomHex(12)}",
            TraceId = RandomHex(16),
        };
        var resourceId = isOwn ? $"{resourceType}_{TenantOf(tenant)}_{RandomHex(12)}" : $"{resourceType}_{TenantOf(tenant)}_{_random.Next(10)}";
        var isRefused = _random.Next(10) == 0;
        var entry = isRefused
            ? AuditEntries.Failed(origin, TenantOf(tenant), at, 400 + _random.Next(10), ErrorCodes[_random.Next(ErrorCodes.Length)], new() { ["method"] = "POST", ["path"] = "/v1/admin/budgets", ["error_message"] = "allocated must be at least 0" })
            : AuditEntries.Succeeded(origin, TenantOf(tenant), resourceType, resourceId, at, metadata: new() { ["reason"] = "monthly top-up" });
        return entry with { ResourceType = resourceType, ResourceId = resourceId };
    }

    private static HashEntry ToField(long number, AuditLogEntry entry) => new(number, JsonSerializer.SerializeToUtf8Bytes(entry, Json));

    private string RandomHex(int bytes)
    {
        var buffer = new byte[bytes];
        _random.NextBytes(buffer);
        return Convert.ToHexStringLower(buffer);
    }
}
