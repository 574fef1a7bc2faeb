using System.Globalization;
using System.Text;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
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

    /// <summary>A key, with when it was last used.</summary>
    public static async Task<ApiKey> WithUseAsync(RedisStore store, ApiKey key) =>
        Used(key, await store.Database.HashGetAsync(new TenantKeys(key.TenantId).KeyUses, key.KeyId));

    /// <summary>The keys of one tenant, with what its hash of uses says of them.</summary>
    public static ApiKey[] Join(ApiKey[] keys, HashEntry[] uses)
    {
        var times = uses.ToDictionary();
        return Array.ConvertAll(keys, key => times.TryGetValue(key.KeyId, out var time) ? Used(key, time) : key);
    }

    private static ApiKey Used(ApiKey key, RedisValue time) => time.HasValue && time.TryParse(out long usedAtMs)
        ? key with { LastUsedAt = DateTimeOffset.FromUnixTimeMilliseconds(usedAtMs) }
        : key;
}
