using System.Globalization;
using System.Text;
using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Protocol.Keys;
using StackExchange.Redis;

namespace Cycles.Grains.Keys;

/// <summary>
/// When API keys were last used. It stands beside the keys' records and not in them: a use must not make anybody read keys or policies again.
/// </summary>
internal static class KeyUses
{
    /// <summary>The write of a use.</summary>
    public static StoreWrite WriteOf(TenantKeys keys, string keyId, long usedAtMs) =>
        StoreWrite.SetField(keys.KeyUses, keyId, Encoding.ASCII.GetBytes(usedAtMs.ToString(CultureInfo.InvariantCulture)));

    /// <summary>These keys, with when each was last used.</summary>
    public static async Task<ApiKey[]> WithUsesAsync(RedisStore store, ApiKey[] keys)
    {
        var uses = new Dictionary<string, DateTimeOffset>(keys.Length);
        await Task.WhenAll(keys.GroupBy(key => key.TenantId).Select(async tenant =>
        {
            var ids = tenant.Select(key => key.KeyId).ToArray();
            var times = await store.Database.HashGetAsync(new TenantKeys(tenant.Key).KeyUses, Array.ConvertAll(ids, id => (RedisValue)id));
            for (var i = 0; i < ids.Length; i++)
            {
                if (times[i].HasValue && times[i].TryParse(out long usedAtMs))
                {
                    uses[ids[i]] = DateTimeOffset.FromUnixTimeMilliseconds(usedAtMs);
                }
            }
        }));
        return Array.ConvertAll(keys, key => uses.TryGetValue(key.KeyId, out var usedAt) ? key with { LastUsedAt = usedAt } : key);
    }
}
