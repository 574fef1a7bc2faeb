using System.Globalization;
using System.Threading.Channels;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Grains.Journal;

/// <summary>Reads one stream of many tenants from the store: how far it goes, the days that it has, and the facts.</summary>
internal sealed class JournalReader(RedisStore store, JournalStream stream)
{
    private const int AtOnce = 4;
    private const int ChunkSize = 1000;

    // Few enough that none waits long behind the others, even where the store must fetch each from disk.
    private const int AskedAtOnce = 200;

    private readonly string _stream = stream.ToKey();

    /// <summary>The number of the last fact of each of these tenants; 0 where there is none.</summary>
    public async Task<List<long>> ReadHeadsAsync(IEnumerable<string> tenantIds)
    {
        var heads = new List<long>();
        foreach (var some in tenantIds.Chunk(AskedAtOnce))
        {
            var found = await Task.WhenAll(some.Select(id => store.Database.StringGetAsync(new TenantKeys(id).JournalHead(_stream))));
            heads.AddRange(found.Select(TenantJournal.ParseHead));
        }

        return heads;
    }

    /// <summary>The days on which these tenants have facts.</summary>
    public async Task<List<(string TenantId, int Day)>> ReadDaysAsync(IEnumerable<string> tenantIds)
    {
        var days = new List<(string TenantId, int Day)>();
        foreach (var some in tenantIds.Chunk(AskedAtOnce))
        {
            var found = await Task.WhenAll(some.Select(id => store.Database.SortedSetRangeByRankAsync(new TenantKeys(id).JournalDays(_stream))));
            days.AddRange(some.Zip(found).SelectMany(pair => pair.Second.Select(day => (pair.First, JournalDays.Parse(day!)))));
        }

        return days;
    }

    /// <summary>
    /// Takes away the days of these tenants whose facts the store has let go. A day that is past its retention is never written again, so nothing is taken from
    /// under a writer.
    /// </summary>
    /// <param name="tenantIds">Whose.</param>
    /// <param name="isOver">Whether a tenant's day is past its retention.</param>
    /// <returns>The days.</returns>
    public async Task<(string TenantId, int Day)[]> TrimDaysAsync(IEnumerable<string> tenantIds, Func<string, int, bool> isOver)
    {
        var over = (await ReadDaysAsync(tenantIds)).FindAll(day => isOver(day.TenantId, day.Day));
        var gone = new List<(string TenantId, int Day)>();
        foreach (var some in over.Chunk(AskedAtOnce))
        {
            var exist = await Task.WhenAll(some.Select(day => store.Database.KeyExistsAsync(KeyOf(day))));
            gone.AddRange(some.Where((_, i) => !exist[i]));
        }

        await Task.WhenAll(gone.GroupBy(day => day.TenantId).Select(tenant => store.Commits.SortedSetRemoveAsync(
            new TenantKeys(tenant.Key).JournalDays(_stream), [.. tenant.Select(day => (RedisValue)JournalDays.ToText(day.Day))])));
        return [.. gone];
    }

    /// <summary>Facts of a tenant's day by their numbers; null where the day does not have one.</summary>
    public async Task<byte[]?[]> ReadAsync(string tenantId, int day, long[] numbers)
    {
        var values = await store.Database.HashGetAsync(KeyOf((tenantId, day)), Array.ConvertAll(numbers, number => (RedisValue)ToField(number)));
        return Array.ConvertAll(values, value => (byte[]?)value);
    }

    /// <summary>
    /// All facts of these days, a chunk at a time, in no order, and at most a few chunks ahead of the caller. To parse them is most of the work and runs beside the caller.
    /// </summary>
    /// <param name="days">The days.</param>
    /// <param name="parse">Reads a fact; default for one that is to be left out.</param>
    public async IAsyncEnumerable<List<T>> ReadAsync<T>(IReadOnlyCollection<(string TenantId, int Day)> days, Func<StoredFact, T?> parse)
        where T : class
    {
        var chunks = Channel.CreateBounded<List<T>>(AtOnce * 2);
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            try
            {
                await Parallel.ForEachAsync(
                    days,
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop.Token },
                    (day, cancellation) => ReadDayAsync(day, parse, chunks.Writer, cancellation));
                chunks.Writer.Complete();
            }
            catch (Exception exception)
            {
                chunks.Writer.Complete(exception);
            }
        });
        try
        {
            await foreach (var chunk in chunks.Reader.ReadAllAsync())
            {
                yield return chunk;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    private async ValueTask ReadDayAsync<T>(
        (string TenantId, int Day) day, Func<StoredFact, T?> parse, ChannelWriter<List<T>> chunks, CancellationToken cancellation)
        where T : class
    {
        var facts = new List<T>(ChunkSize);
        await foreach (var field in store.Database.HashScanAsync(KeyOf(day), pageSize: ChunkSize).WithCancellation(cancellation))
        {
            var isNumber = long.TryParse((string?)field.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            if (parse(new StoredFact(day.TenantId, day.Day, field.Name!, isNumber ? number : 0, (byte[])field.Value!)) is { } fact)
            {
                facts.Add(fact);
            }

            if (facts.Count == ChunkSize)
            {
                await chunks.WriteAsync(facts, cancellation);
                facts = new List<T>(ChunkSize);
            }
        }

        await chunks.WriteAsync(facts, cancellation);
    }

    private static string ToField(long number) => number.ToString(CultureInfo.InvariantCulture);

    private RedisKey KeyOf((string TenantId, int Day) day) => new TenantKeys(day.TenantId).Journal(_stream, JournalDays.ToText(day.Day));
}

/// <summary>A fact as the store has it.</summary>
/// <param name="TenantId">Whose stream it stands in.</param>
/// <param name="Day">The day that it stands under; see <see cref="JournalDays"/>.</param>
/// <param name="Field">Where it stands there.</param>
/// <param name="Number">Its number; 0 when <paramref name="Field"/> is none.</param>
/// <param name="Value">What is kept.</param>
internal readonly record struct StoredFact(string TenantId, int Day, string Field, long Number, byte[] Value);
