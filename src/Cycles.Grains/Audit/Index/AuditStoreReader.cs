using System.Text.Json;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Journal;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Cycles.Grains.Audit.Index;

/// <summary>Reads what the index is built from: whose audit logs there are, how far each goes, and the entries.</summary>
internal sealed partial class AuditStoreReader(RedisStore store, ILogger logger)
{
    private readonly JournalReader _journal = new(store, JournalStream.Audit);

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

    /// <summary>The number of the last entry of each of these tenants; 0 where there is none.</summary>
    public Task<List<long>> ReadHeadsAsync(IEnumerable<string> tenantIds) => _journal.ReadHeadsAsync(tenantIds);

    /// <summary>The days on which these tenants have entries.</summary>
    public Task<List<(string TenantId, int Day)>> ReadDaysAsync(IEnumerable<string> tenantIds) => _journal.ReadDaysAsync(tenantIds);

    /// <summary>All entries of these days that can be read, some at a time and in no order.</summary>
    public IAsyncEnumerable<List<AuditRow>> ReadAsync(IReadOnlyCollection<(string TenantId, int Day)> days) => _journal.ReadAsync(days, Parse);

    /// <summary>Entries of a tenant by their numbers, as far as they stand under one of these days.</summary>
    public async Task<List<AuditRow>> ReadAsync(string tenantId, long[] numbers, int[] days)
    {
        var rows = new List<AuditRow>(numbers.Length);
        foreach (var day in days)
        {
            var values = await _journal.ReadAsync(tenantId, day, numbers);
            for (var i = 0; i < numbers.Length; i++)
            {
                if (values[i] is { } value && Parse(new StoredFact(tenantId, day, string.Empty, numbers[i], value)) is { } row)
                {
                    rows.Add(row);
                }
            }
        }

        return rows;
    }

    /// <summary>
    /// Takes away the days of these tenants whose entries the store has let go, and the names of those that have no day left. A name may be taken from under a
    /// writer, which puts it back.
    /// </summary>
    /// <param name="tenantIds">Whose.</param>
    /// <param name="isOver">Whether a tenant's day is past its retention.</param>
    /// <returns>How many days there were.</returns>
    public async Task<int> TrimDaysAsync(IEnumerable<string> tenantIds, Func<string, int, bool> isOver)
    {
        var gone = await _journal.TrimDaysAsync(tenantIds, isOver);
        if (!store.IsCluster)
        {
            // Across slots there is no such transaction; there the name stays.
            await Task.WhenAll(gone.Select(day => day.TenantId).Distinct().Select(RemoveNameAsync));
        }

        return gone.Length;
    }

    private async Task RemoveNameAsync(string tenantId)
    {
        var removal = store.Commits.CreateTransaction();
        removal.AddCondition(Condition.KeyNotExists(new TenantKeys(tenantId).JournalDays(JournalStream.Audit.ToKey())));
        var removed = removal.SetRemoveAsync(ClusterKeys.AuditTenants, tenantId);
        if (await removal.ExecuteAsync(PrimaryDatabase.Flags))
        {
            await removed;
        }
    }

    /// <summary>An entry; null for what somebody else has put there, which must not hide all that is right.</summary>
    private AuditRow? Parse(StoredFact fact)
    {
        try
        {
            var row = GrainJson.Read(fact.Value, GrainJson.Default.AuditRow);
            if (fact.Number > 0 && AuditLogIds.TryParse(row.LogId, out _)
                && row.TenantId == fact.TenantId && JournalDays.NumberOf(row.Timestamp) == fact.Day)
            {
                return row with { Number = fact.Number };
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        LogUnreadable(logger, fact.TenantId, JournalDays.ToText(fact.Day), fact.Number > 0 ? fact.Number.ToString() : fact.Field);
        return null;
    }

    [LoggerMessage(EventId = 1304, Level = LogLevel.Error, Message = "The audit log of {TenantId} of {Day} has {Field}, which is no entry; it is not shown")]
    private static partial void LogUnreadable(ILogger logger, string tenantId, string day, string field);
}
