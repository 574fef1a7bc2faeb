using Cycles.Grains.Store;

namespace Cycles.Grains.Indexes;

/// <summary>Which tenants there are.</summary>
internal static class TenantDirectory
{
    /// <summary>The ids of all tenants, oldest first; a tenant is entered before its record is written.</summary>
    public static async Task<string[]> ReadAsync(RedisStore store) =>
        Array.ConvertAll(await store.Database.SortedSetRangeByRankAsync(ClusterKeys.Tenants), id => (string)id!);
}
