namespace Cycles.Bench.Servers;

/// <summary>The stores that are measured.</summary>
internal enum StoreKind
{
    /// <summary>The embedded store of the all-in-one server.</summary>
    Embedded,

    /// <summary>Redis, append-only file flushed every second.</summary>
    RedisEverySecond,

    /// <summary>Redis, append-only file flushed before every answer.</summary>
    RedisAlways,
}
