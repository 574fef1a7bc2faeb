namespace Cycles.Grains.Scopes;

/// <summary>Names for operations while they hold locks.</summary>
internal static class LockIds
{
    /// <summary>A name that no other operation has: 63 random bits, never 0.</summary>
    public static long Next() => Random.Shared.NextInt64(1, long.MaxValue);
}
