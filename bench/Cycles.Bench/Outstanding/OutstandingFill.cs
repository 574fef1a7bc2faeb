using System.Diagnostics;
using Cycles.Bench.Load;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Records;
using Cycles.Grains.Reservations;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Bench.Outstanding;

/// <summary>
/// Writes active reservations of a tenant that the server has made, with its budgets, into a store that no server has open: the records, the index of what
/// is due, the reserved amounts and the bytes written, as the server would have left them.
/// </summary>
/// <param name="tenant">The tenant.</param>
/// <param name="count">How many.</param>
/// <param name="lapsesFromMs">When the first of them lapses, in Unix milliseconds.</param>
/// <param name="spreadMs">Within how long from then on all of them lapse.</param>
internal sealed class OutstandingFill(string tenant, int count, long lapsesFromMs, int spreadMs)
{
    private const int AtOnce = 2;
    private const int Batch = 500;
    private const int GraceMs = 5_000;

    private readonly TenantKeys _keys = new(tenant);
    private readonly string[] _scopes = [.. BenchSubject.ScopePaths(tenant, RowMatrix.UsualScopes)];
    private readonly long _endMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private long _bytes;

    public async Task<TimeSpan> RunAsync(RedisStore store)
    {
        var watch = Stopwatch.StartNew();
        var parts = Enumerable.Range(0, count).Chunk(Batch);
        await Parallel.ForEachAsync(parts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (part, _) => await WriteAsync(store.Commits, part));
        foreach (var scope in _scopes)
        {
            var numbers = _keys.Numbers(ScopePath.FromCanonical(scope), Unit.UsdMicrocents);
            await store.Commits.HashIncrementAsync(numbers, BudgetFields.Reserved, count * LoadPlan.EstimateAmount);
        }

        var day = _endMs / (long)TimeSpan.FromDays(1).TotalMilliseconds;
        await store.Commits.StringSetAsync(_keys.Usage, $"{day} {_bytes}", TimeSpan.FromDays(2));
        await store.BarrierAsync();
        return watch.Elapsed;
    }

    private async Task WriteAsync(IDatabase database, int[] numbers)
    {
        var records = Array.ConvertAll(numbers, MakeRecord);
        var due = Array.ConvertAll(records, record => new SortedSetEntry(record.Id, record.LapsesAtMs()));
        var writes = new List<Task>(records.Length + 1) { database.SortedSetAddAsync(_keys.Due, due) };
        foreach (var record in records)
        {
            var json = GrainJson.Write(new ReservationSlot(record, null), GrainJson.Default.ReservationSlot);
            Interlocked.Add(ref _bytes, json.Length);
            writes.Add(database.StringSetAsync(_keys.Reservation(record.Id), json));
        }

        await Task.WhenAll(writes);
    }

    private ReservationRecord MakeRecord(int number)
    {
        var random = new Random(number);
        var hash = new byte[32];
        random.NextBytes(hash);
        var key = $"filled00-0-{number:000000000}";
        var made = _endMs - ((long)(count - number) * 60_000 / count);
        var expires = lapsesFromMs + ((long)number * spreadMs / count) - GraceMs;
        var state = new BudgetState { Allocated = Provisioner.Huge, Reserved = (number + 1) * LoadPlan.EstimateAmount };
        return new ReservationRecord
        {
            Id = ReservationId.Derive(tenant, key).Value,
            TenantId = tenant,
            IdempotencyKey = key,
            PayloadHash = Convert.ToHexStringLower(hash),
            Status = ReservationStatus.Active,
            Subject = new Subject { Tenant = tenant, Workspace = Value(1), App = Value(2) },
            Action = new ActionInfo { Kind = "llm.completion", Name = "openai:gpt-4o" },
            Reserved = new Amount(Unit.UsdMicrocents, LoadPlan.EstimateAmount),
            ScopePath = _scopes[^1],
            Budgeted = _scopes,
            OveragePolicy = OveragePolicy.AllowIfAvailable,
            CreatedAtMs = made,
            FirstExpiresAtMs = expires,
            ExpiresAtMs = expires,
            GracePeriodMs = GraceMs,
            MaxExtensions = 10,
            Balances = [state, state, state],
        };

        string Value(int level) => _scopes[level].Split(':')[^1];
    }
}
