using Cycles.Contracts.Store;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Grains.History;

/// <summary>Reads parts of a tenant's runs, many with one command.</summary>
/// <param name="read">Reads keys.</param>
/// <param name="cache">What was read lately.</param>
/// <param name="tenant">The tenant's keys.</param>
internal sealed class HistoryReader(Func<RedisKey[], Task<RedisValue[]>> read, HistoryCache cache, TenantKeys tenant)
{
    // One command must not hold up the others of its connection.
    private const int MostKeys = 128;

    // Each may have a quarter of a megabyte. What an answer takes in the client stays there for the next.
    private const int MostFilters = 4;

    // Small as a rule, and a quarter of a megabyte when each reservation has an agent of its own.
    private const int MostSegments = 16;

    // Records may be large, and a page has 32 of them, of which one may be wanted.
    private const int MostRecordPages = 8;

    /// <param name="store">Where the keys are.</param>
    /// <param name="cache">What was read lately.</param>
    /// <param name="tenant">The tenant's keys.</param>
    public HistoryReader(RedisStore store, HistoryCache cache, TenantKeys tenant)
        : this(store.Database.StringGetAsync, cache, tenant)
    {
    }

    /// <summary>What the runs say of themselves.</summary>
    public Task<RunHead[]> HeadsAsync(IReadOnlyList<RunInfo> runs) => CachedAsync(
        [.. runs.Select(run => Keys(run).Head)],
        bytes => (GrainJson.Read(bytes, GrainJson.Default.RunHead), 2L * bytes.Length));

    /// <summary>The filters of the segments of runs' scopes.</summary>
    public async Task<IdFilter[]> SegmentsAsync(IReadOnlyList<RunInfo> runs)
    {
        var filters = new List<IdFilter>(runs.Count);
        foreach (var some in runs.Chunk(MostSegments))
        {
            filters.AddRange(await CachedAsync(Array.ConvertAll(some, run => Keys(run).Segments), bytes => (IdFilter.Parse(bytes), (long)bytes.Length)));
        }

        return [.. filters];
    }

    /// <summary>The directories of an order.</summary>
    public Task<OrderDirectory[]> DirectoriesAsync(IReadOnlyList<RunInfo> runs, HistoryOrder order) => CachedAsync(
        [.. runs.Select(run => Keys(run).Directory(order))],
        bytes =>
        {
            var directory = OrderDirectory.Parse(bytes);
            return (directory, directory.Size);
        });

    /// <summary>Pages of scopes of one run.</summary>
    public Task<ScopePage[]> ScopesAsync(RunInfo run, IEnumerable<int> pages) => CachedAsync(
        [.. pages.Select(page => Keys(run).Scopes(page))],
        bytes =>
        {
            var scopes = ScopePage.Parse(bytes);
            return (scopes, scopes.Size);
        });

    /// <summary>What is asked of a run's scopes, which may have been asked before.</summary>
    /// <param name="run">The run.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="find">Finds the answer.</param>
    public async Task<T> AskAsync<T>(RunInfo run, string question, Func<Task<(T Answer, long Size)>> find)
        where T : class
    {
        RedisKey key = $"{Keys(run).Head}?{question}";
        if (cache.Find(key) is T known)
        {
            return known;
        }

        var (answer, size) = await find();
        cache.Add(key, answer, size);
        return answer;
    }

    /// <summary>Pages of rows.</summary>
    public async Task<RowPage[]> RowsAsync(IReadOnlyList<RowPageName> pages)
    {
        var values = await ReadAsync([.. pages.Select(page => Keys(page.Run).Rows(page.Order, page.Outcome, page.Page))]);
        return [.. values.Zip(pages, (bytes, page) => new RowPage(Required(bytes), page.Order, page.Outcome))];
    }

    /// <summary>The filters of runs; null for one whose time is over.</summary>
    public async Task<IdFilter?[]> FiltersAsync(IReadOnlyList<RunInfo> runs)
    {
        var filters = new List<IdFilter?>(runs.Count);
        foreach (var some in runs.Chunk(MostFilters))
        {
            var values = await ReadAsync(Array.ConvertAll(some, run => Keys(run).Filter));
            filters.AddRange(values.Select(bytes => bytes is null ? null : IdFilter.Parse(bytes)));
        }

        return [.. filters];
    }

    /// <summary>The records of rows, in their order; null for one that is not kept any more.</summary>
    public async Task<byte[]?[]> RecordsAsync(IReadOnlyList<(RunInfo Run, RecordPlace Place)> rows)
    {
        var runs = rows.Select(row => row.Run).Distinct().ToArray();
        var heads = runs.Zip(await HeadsAsync(runs)).ToDictionary(pair => pair.First, pair => pair.Second);
        var records = new byte[]?[rows.Count];
        var pages = Enumerable.Range(0, rows.Count).GroupBy(i =>
        {
            var batch = heads[rows[i].Run].Batches[rows[i].Place.Batch];
            return tenant.Batch(batch, RecordBatch.PageOf(batch, rows[i].Place.Row));
        });
        foreach (var some in pages.Chunk(MostRecordPages))
        {
            foreach (var (page, wanted) in (await ReadAsync(Array.ConvertAll(some, page => page.Key))).Zip(some))
            {
                if (page is null)
                {
                    continue;
                }

                var slots = wanted.ToLookup(i => RecordBatch.SlotOf(heads[rows[i].Run].Batches[rows[i].Place.Batch], rows[i].Place.Row));
                RecordPage.Read(page, slots.Max(slot => slot.Key), (slot, record) =>
                {
                    foreach (var i in slots[slot])
                    {
                        records[i] = record.ToArray();
                    }
                });
            }
        }

        return records;
    }

    private async Task<T[]> CachedAsync<T>(RedisKey[] keys, Func<byte[], (T Part, long Size)> parse)
        where T : class
    {
        var parts = Array.ConvertAll(keys, key => (T?)cache.Find(key));
        var missing = Enumerable.Range(0, keys.Length).Where(i => parts[i] is null).ToArray();
        var values = await ReadAsync(Array.ConvertAll(missing, i => keys[i]));
        for (var i = 0; i < missing.Length; i++)
        {
            var (part, size) = parse(Required(values[i]));
            parts[missing[i]] = part;
            cache.Add(keys[missing[i]], part, size);
        }

        return parts!;
    }

    private async Task<byte[]?[]> ReadAsync(RedisKey[] keys)
    {
        if (keys.Length == 0)
        {
            return [];
        }

        var values = await Task.WhenAll(keys.Chunk(MostKeys).Select(read));
        return [.. values.SelectMany(part => part).Select(value => (byte[]?)value)];
    }

    private RunKeys Keys(RunInfo run) => new(tenant, run);

    /// <summary>A run that has been merged into another since its reader asked for the list of runs loses its keys.</summary>
    private static byte[] Required(byte[]? value) => value ?? throw new StoreInDoubtException("the history has moved on");
}

/// <summary>The name of a page of rows.</summary>
internal readonly record struct RowPageName(RunInfo Run, HistoryOrder Order, Outcome Outcome, int Page);
