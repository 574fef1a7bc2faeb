using StackExchange.Redis;

namespace Cycles.Grains.Store;

/// <summary>
/// What grains read from the store, beside the group commit. Only the primary is asked. By default the Redis client asks a replica while the primary is
/// away, and a replica may answer from the past, also about numbers and fences. While there is no primary, reads wait and then fail.
/// </summary>
/// <remarks>
/// This includes lists and keys: they show what was answered before. No read may be answered by a replica. Add other kinds of reads here.
/// </remarks>
public sealed class PrimaryDatabase(IDatabase database)
{
    /// <summary>What everything that the store is asked goes under.</summary>
    public const CommandFlags Flags = CommandFlags.DemandMaster;

    /// <summary>PING.</summary>
    public Task<TimeSpan> PingAsync() => database.PingAsync(Flags);

    /// <summary>TIME.</summary>
    public Task<RedisResult> TimeAsync() => database.ExecuteAsync("TIME", [], Flags);

    /// <summary>EXISTS of one key.</summary>
    public Task<bool> KeyExistsAsync(RedisKey key) => database.KeyExistsAsync(key, Flags);

    /// <summary>GET.</summary>
    public Task<RedisValue> StringGetAsync(RedisKey key) => database.StringGetAsync(key, Flags);

    /// <summary>MGET.</summary>
    public Task<RedisValue[]> StringGetAsync(RedisKey[] keys) => database.StringGetAsync(keys, Flags);

    /// <summary>SET, ahead of what is read through here after it.</summary>
    public Task<bool> StringSetAsync(RedisKey key, RedisValue value) => database.StringSetAsync(key, value, flags: Flags);

    /// <summary>SET with a time to live, of what counts only once a transaction of the group commit names it.</summary>
    public Task<bool> StringSetAsync(RedisKey key, RedisValue value, TimeSpan timeToLive) => database.StringSetAsync(key, value, timeToLive, flags: Flags);

    /// <summary>PEXPIRE of such a key.</summary>
    public Task<bool> KeyExpireAsync(RedisKey key, TimeSpan timeToLive) => database.KeyExpireAsync(key, timeToLive, flags: Flags);

    /// <summary>HGET.</summary>
    public Task<RedisValue> HashGetAsync(RedisKey key, RedisValue field) => database.HashGetAsync(key, field, Flags);

    /// <summary>HMGET.</summary>
    public Task<RedisValue[]> HashGetAsync(RedisKey key, RedisValue[] fields) => database.HashGetAsync(key, fields, Flags);

    /// <summary>HGETALL.</summary>
    public Task<HashEntry[]> HashGetAllAsync(RedisKey key) => database.HashGetAllAsync(key, Flags);

    /// <summary>HVALS.</summary>
    public Task<RedisValue[]> HashValuesAsync(RedisKey key) => database.HashValuesAsync(key, Flags);

    /// <summary>HLEN.</summary>
    public Task<long> HashLengthAsync(RedisKey key) => database.HashLengthAsync(key, Flags);

    /// <summary>HSCAN over all fields.</summary>
    public IAsyncEnumerable<HashEntry> HashScanAsync(RedisKey key, int pageSize) =>
        database.HashScanAsync(key, pageSize: pageSize, flags: Flags);

    /// <summary>SMEMBERS.</summary>
    public Task<RedisValue[]> SetMembersAsync(RedisKey key) => database.SetMembersAsync(key, Flags);

    /// <summary>ZCARD.</summary>
    public Task<long> SortedSetLengthAsync(RedisKey key) => database.SortedSetLengthAsync(key, flags: Flags);

    /// <summary>ZSCORE.</summary>
    public Task<double?> SortedSetScoreAsync(RedisKey key, RedisValue member) => database.SortedSetScoreAsync(key, member, Flags);

    /// <summary>ZRANGE.</summary>
    public Task<RedisValue[]> SortedSetRangeByRankAsync(RedisKey key, long start = 0, long stop = -1) =>
        database.SortedSetRangeByRankAsync(key, start, stop, flags: Flags);

    /// <summary>ZRANGE WITHSCORES.</summary>
    public Task<SortedSetEntry[]> SortedSetRangeByRankWithScoresAsync(RedisKey key, long start, long stop) =>
        database.SortedSetRangeByRankWithScoresAsync(key, start, stop, flags: Flags);

}
