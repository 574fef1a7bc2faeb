using Cycles.Grains.Caching;
using StackExchange.Redis;

namespace Cycles.Grains.History;

/// <summary>
/// The heads, directories and scopes of runs that this silo has read last, of all tenants. They never change. Without them, each page of a list would read
/// those of all the tenant's runs again.
/// </summary>
internal sealed class HistoryCache
{
    /// <summary>Of one generation, in bytes; twice as much may be kept.</summary>
    private const long Most = 3 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly TwoGenerations<RedisKey, Weighed> _parts = new(Most, weigh: part => part.Size);

    public object? Find(RedisKey key)
    {
        lock (_lock)
        {
            return _parts.TryGet(key, out var part) ? part.Value : null;
        }
    }

    public void Add(RedisKey key, object part, long size)
    {
        lock (_lock)
        {
            _parts.Set(key, new Weighed(part, size));
        }
    }

    private readonly record struct Weighed(object Value, long Size);
}
