using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Servers;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests.Checks;

/// <summary>The audit log as it stands in the store of a server that has ended.</summary>
internal sealed class AuditLines : IAsyncDisposable
{
    private readonly SharedStore _store;
    private readonly IDatabase _database;

    private AuditLines(SharedStore store) => (_store, _database) = (store, store.Next().Redis.Commits);

    public static async Task<AuditLines> OpenAsync(string dataPath) => new(await SharedStore.OpenAsync(dataPath));

    /// <summary>All lines of a tenant.</summary>
    public async Task<JsonObject[]> ReadAsync(string tenantId)
    {
        var keys = new TenantKeys(tenantId);
        var lines = new List<JsonObject>();
        foreach (var day in await _database.SortedSetRangeByRankAsync(keys.JournalDays("audit")))
        {
            var values = await _database.HashValuesAsync(keys.Journal("audit", day!));
            lines.AddRange(values.Select(value => (JsonObject)JsonNode.Parse((string)value!)!));
        }

        return [.. lines];
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
