using System.Diagnostics;
using Cycles.Bench.Servers;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Scopes;
using Cycles.Grains.History;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Bench.History;

/// <summary>
/// Writes the reservations of a month into a store that no server has open yet, as the server would have left them: made one after the other, most committed,
/// some released, few expired, of a thousand agents and apps.
/// </summary>
internal sealed class HistoryFill(string tenant, int count)
{
    public const int Apps = 20;
    public const int Agents = 50;
    public const int MostReserved = 100_000;

    private const int AtOnce = 2;
    private const int GroupRows = HistoryFormat.BatchRows * HistoryFormat.MergedRuns;

    private static readonly TimeSpan Month = TimeSpan.FromDays(28);
    private static readonly StoreOptions Options = new();

    private readonly TenantKeys _keys = new(tenant);

    /// <summary>When the last one was made, in Unix milliseconds.</summary>
    public long EndMs { get; } = DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeMilliseconds();

    /// <summary>When the first one was made.</summary>
    public long StartMs => EndMs - (long)Month.TotalMilliseconds;

    /// <summary>The bytes that Redis holds for it; 0 on the embedded store.</summary>
    public long RedisBytes { get; private set; }

    public static string AgentOf(int number) => $"a-{number:00}";

    public static string ScopeOf(string tenant, int number) => $"tenant:{tenant}/app:chat-{number % Apps:00}/agent:{AgentOf(number / Apps % Agents)}";

    /// <param name="dataPath">The folder of the embedded store.</param>
    /// <param name="redis">The endpoint of Redis; null fills the embedded store.</param>
    public async Task<TimeSpan> RunAsync(string dataPath, string? redis)
    {
        var watch = Stopwatch.StartNew();
        await using var store = await UnservedStore.OpenAsync(dataPath, redis);
        var before = await RedisBytesAsync(redis);
        var runs = new List<(int First, RunInfo Run)>();
        var groups = Enumerable.Range(0, (count + GroupRows - 1) / GroupRows);
        await Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (group, _) =>
        {
            foreach (var (first, run, values) in MakeGroup(group * GroupRows))
            {
                await WriteAsync(store.Redis, values);
                lock (runs)
                {
                    runs.Add((first, run));
                }
            }
        });
        var manifest = new HistoryManifest { Runs = [.. runs.OrderBy(run => run.First).Select(run => run.Run)] };
        await WriteAsync(store.Redis, [new(_keys.History, GrainJson.Write(manifest, GrainJson.Default.HistoryManifest))]);
        await store.Redis.BarrierAsync();
        RedisBytes = await RedisBytesAsync(redis) - before;
        return watch.Elapsed;
    }

    /// <summary>One merged run, or at the end as many as are not merged yet.</summary>
    private IEnumerable<(int First, RunInfo Run, List<KeyValuePair<RedisKey, byte[]>> Values)> MakeGroup(int first)
    {
        var last = Math.Min(first + GroupRows, count);
        string[] scopes = [.. Enumerable.Range(0, Apps * Agents).Select(scope => ScopeOf(tenant, scope)).Order(StringComparer.Ordinal)];
        var isWhole = last - first == GroupRows;
        var (rows, batches, values) = (new List<HistoryRow>(), new List<string>(), new List<KeyValuePair<RedisKey, byte[]>>());
        for (var from = first; from < last; from += HistoryFormat.BatchRows)
        {
            var records = Enumerable.Range(from, Math.Min(HistoryFormat.BatchRows, last - from)).Select(MakeRecord).ToArray();
            var (batch, pages) = RecordBatch.Write(
                _keys, Array.ConvertAll(records, record => GrainJson.Write(new ReservationSlot(record, null), GrainJson.Default.ReservationSlot)));
            rows.AddRange(records.Select((record, i) => HistoryRow.Of(record) with
            {
                Scope = Array.BinarySearch(scopes, record.ScopePath, StringComparer.Ordinal),
                Place = new RecordPlace(batches.Count, i),
            }));
            batches.Add(batch);
            values.AddRange(pages);
            if (!isWhole || rows.Count == GroupRows)
            {
                var (run, written) = RunWriter.Write(
                    _keys, isWhole ? 1 : 0, [.. rows], scopes, [.. batches], HistoryRetention.KeptUntilMs(rows, Options));
                yield return (from, run, [.. values, .. written]);
                rows.Clear();
                batches.Clear();
                values.Clear();
            }
        }
    }

    private ReservationRecord MakeRecord(int number)
    {
        var random = new Random(number);
        var made = StartMs + (long)(Month.TotalMilliseconds * number / count);
        var ended = made + random.Next(200, 20_000);
        var key = new Guid(random.Next(), (short)random.Next(), (short)random.Next(), [.. Enumerable.Range(0, 8).Select(_ => (byte)random.Next())]).ToString();
        var scope = ScopeOf(tenant, random.Next(Apps * Agents));
        var (reserved, spent) = ((long)random.Next(1, MostReserved), 1_000_000_000L + (number * 700L));
        var status = random.Next(100) switch { < 90 => ReservationStatus.Committed, < 97 => ReservationStatus.Released, _ => ReservationStatus.Expired };
        BudgetState[] balances = [.. Enumerable.Range(0, 3).Select(_ => new BudgetState { Allocated = 1_000_000_000_000, Spent = spent, Reserved = random.Next(1_000_000) })];
        return new ReservationRecord
        {
            Id = ReservationId.Derive(tenant, key).Value,
            TenantId = tenant,
            IdempotencyKey = key,
            PayloadHash = Hex(random),
            Status = status,
            Subject = new Subject { Tenant = tenant, App = scope.Split('/')[1][4..], Agent = scope.Split('/')[2][6..] },
            Action = new ActionInfo { Kind = "llm.completion", Name = "openai:gpt-4o" },
            Reserved = new Amount(Unit.UsdMicrocents, reserved),
            ScopePath = scope,
            Budgeted = [$"tenant:{tenant}", $"tenant:{tenant}/{scope.Split('/')[1]}", scope],
            OveragePolicy = OveragePolicy.AllowIfAvailable,
            CreatedAtMs = made,
            FirstExpiresAtMs = made + 60_000,
            ExpiresAtMs = made + 60_000,
            GracePeriodMs = 5_000,
            MaxExtensions = 10,
            Balances = balances,
            Settlement = new ReservationSettlement
            {
                IdempotencyKey = status == ReservationStatus.Expired ? null : $"commit-{key}",
                PayloadHash = status == ReservationStatus.Expired ? null : Hex(random),
                AtMs = status == ReservationStatus.Expired ? made + 65_000 : ended,
                Charged = status == ReservationStatus.Committed ? random.NextInt64(reserved) : 0,
                Balances = balances,
            },
        };
    }

    private static async Task WriteAsync(RedisStore store, List<KeyValuePair<RedisKey, byte[]>> values)
    {
        foreach (var some in values.Chunk(256))
        {
            await Task.WhenAll(some.Select(value => store.Database.StringSetAsync(value.Key, value.Value, Options.Retention)));
        }
    }

    private static async Task<long> RedisBytesAsync(string? redis)
    {
        if (redis is null)
        {
            return 0;
        }

        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis},allowAdmin=true");
        var memory = await connection.GetServers()[0].InfoAsync("memory");
        return long.Parse(memory.SelectMany(group => group).First(pair => pair.Key == "used_memory").Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Hex(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
