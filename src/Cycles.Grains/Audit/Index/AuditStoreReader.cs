using System.Text.Json;
using System.Threading.Channels;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Cycles.Grains.Audit.Index;

/// <summary>Reads what the index is built from: which days there are, how many entries each has, and the entries.</summary>
internal sealed partial class AuditStoreReader(RedisStore store, ILogger logger)
{
    private const int AtOnce = 4;
    private const int ChunkSize = 1000;

    // Few enough that none waits long behind the others, even where the store must fetch each day from disk.
    private const int CountedAtOnce = 200;

    /// <summary>Every tenant that may have entries: a writer adds a tenant to one of these sets before it writes the tenant's first entry.</summary>
    public async Task<List<string>> ReadTenantsAsync()
    {
        var tenants = store.Database.SortedSetRangeByRankAsync(ClusterKeys.Tenants);
        var named = store.Database.SetMembersAsync(ClusterKeys.AuditTenants);
        var ids = new HashSet<string> { AuditLogEntry.AdminTenant, AuditLogEntry.UnauthenticatedTenant };
        ids.UnionWith((await tenants).Select(id => (string)id!));
        ids.UnionWith((await named).Select(id => (string)id!));
        return [.. ids];
    }

    /// <summary>The days on which these tenants have entries.</summary>
    public async Task<List<(string TenantId, int Day)>> ReadDaysAsync(IEnumerable<string> tenantIds)
    {
        var days = new List<(string TenantId, int Day)>();
        foreach (var some in tenantIds.Chunk(CountedAtOnce))
        {
            var found = await Task.WhenAll(some.Select(id => store.Database.SortedSetRangeByRankAsync(new TenantKeys(id).AuditDays)));
            days.AddRange(some.Zip(found).SelectMany(pair => pair.Second.Select(day => (pair.First, AuditDays.Parse(day!)))));
        }

        return days;
    }

    /// <summary>
    /// Takes away the days of these tenants whose entries the store has let go, and the names of those that have no day left. A day that is past its
    /// retention is never written again, so nothing is taken from under a writer; a name may be, and the writer puts it back.
    /// </summary>
    /// <param name="tenantIds">Whose.</param>
    /// <param name="isOver">Whether a tenant's day is past its retention.</param>
    /// <returns>How many there were.</returns>
    public async Task<int> TrimDaysAsync(IEnumerable<string> tenantIds, Func<string, int, bool> isOver)
    {
        var over = (await ReadDaysAsync(tenantIds)).FindAll(day => isOver(day.TenantId, day.Day));
        var counts = await CountAsync(over);
        var gone = over.Where((_, i) => counts[i] == 0).ToArray();
        await Task.WhenAll(gone.GroupBy(day => day.TenantId).Select(tenant => TrimDaysAsync(tenant.Key, tenant.Select(day => day.Day))));
        return gone.Length;
    }

    private async Task TrimDaysAsync(string tenantId, IEnumerable<int> days)
    {
        var keys = new TenantKeys(tenantId);
        await store.Commits.SortedSetRemoveAsync(keys.AuditDays, [.. days.Select(day => (RedisValue)AuditDays.ToText(day))]);
        if (!store.IsCluster)
        {
            // Across slots there is no such transaction; there the name stays.
            var removal = store.Commits.CreateTransaction();
            removal.AddCondition(Condition.KeyNotExists(keys.AuditDays));
            var removed = removal.SetRemoveAsync(ClusterKeys.AuditTenants, tenantId);
            if (await removal.ExecuteAsync(PrimaryDatabase.Flags))
            {
                await removed;
            }
        }
    }

    /// <summary>How many entries each of these days has.</summary>
    public async Task<List<long>> CountAsync(IEnumerable<(string TenantId, int Day)> days)
    {
        var counts = new List<long>();
        foreach (var some in days.Chunk(CountedAtOnce))
        {
            counts.AddRange(await Task.WhenAll(some.Select(day => store.Database.HashLengthAsync(KeyOf(day)))));
        }

        return counts;
    }

    /// <summary>
    /// The entries of these days, a chunk at a time, and at most a few chunks ahead of the caller. Parsing the JSON is most of the work and runs beside the caller.
    /// </summary>
    public async IAsyncEnumerable<AuditChunk> ReadAsync(IReadOnlyCollection<(string TenantId, int Day)> days)
    {
        var chunks = Channel.CreateBounded<AuditChunk>(AtOnce * 2);
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            try
            {
                await Parallel.ForEachAsync(
                    days,
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop.Token },
                    (day, cancellation) => ReadDayAsync(day, chunks.Writer, cancellation));
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

    private async ValueTask ReadDayAsync(
        (string TenantId, int Day) day, ChannelWriter<AuditChunk> chunks, CancellationToken cancellation)
    {
        var rows = new List<AuditRow>(ChunkSize);
        var unreadable = 0;
        await foreach (var field in store.Database.HashScanAsync(KeyOf(day), pageSize: ChunkSize).WithCancellation(cancellation))
        {
            if (Parse(day, field) is { } row)
            {
                rows.Add(row);
            }
            else
            {
                unreadable++;
            }

            if (rows.Count == ChunkSize)
            {
                await chunks.WriteAsync(new AuditChunk(day.TenantId, day.Day, rows, 0), cancellation);
                rows = new List<AuditRow>(ChunkSize);
            }
        }

        await chunks.WriteAsync(new AuditChunk(day.TenantId, day.Day, rows, unreadable), cancellation);
    }

    /// <summary>An entry; null for what somebody else has put there, which must not hide all that is right.</summary>
    private AuditRow? Parse((string TenantId, int Day) day, HashEntry field)
    {
        try
        {
            var row = GrainJson.Read((byte[])field.Value!, GrainJson.Default.AuditRow);
            if (row.LogId == field.Name && AuditLogIds.TryParse(row.LogId, out _)
                && row.TenantId == day.TenantId && AuditDays.NumberOf(row.Timestamp) == day.Day)
            {
                return row;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        LogUnreadable(logger, KeyOf(day)!, field.Name!);
        return null;
    }

    private static RedisKey KeyOf((string TenantId, int Day) day) => new TenantKeys(day.TenantId).Audit(AuditDays.ToText(day.Day));

    [LoggerMessage(EventId = 1304, Level = LogLevel.Error, Message = "{Key} has {Field}, which is no entry of the audit log; it is not shown")]
    private static partial void LogUnreadable(ILogger logger, string key, string field);
}

/// <summary>Some entries of a tenant's day.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Day">The day; see <see cref="AuditDays"/>.</param>
/// <param name="Rows">The entries.</param>
/// <param name="Unreadable">How many are none.</param>
internal readonly record struct AuditChunk(string TenantId, int Day, List<AuditRow> Rows, int Unreadable);
