namespace Cycles.Silo.Memory;

/// <summary>
/// How the memory that this process may use is divided. It follows the container's limit: of that, .NET leaves three quarters to the heap, which
/// holds the embedded store's pages too. Each part is a share of the heap within bounds; what is configured goes before it.
/// </summary>
public static class MemoryPlan
{
    private const long Mega = 1024 * 1024;

    /// <summary>The smallest container that is supported, in bytes: 512 MB, for one process on the embedded store.</summary>
    public const long LeastContainer = 512 * Mega;

    /// <summary>What the heap may grow to, in bytes: three quarters of the container's limit, else the machine's memory.</summary>
    public static long Available { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The embedded store's pages of data in memory: a sixth, 16 to 256 MB.</summary>
    public static long Store => Share(6, 16, 256);

    /// <summary>The embedded store's hash index at its start: a 24th, 4 to 16 MB.</summary>
    public static long StoreIndex => Share(24, 4, 16);

    /// <summary>The bodies of requests that one gateway has under way: a 32nd, 8 MB to 1 GB.</summary>
    public static long BytesInFlight => Share(32, 8, 1024);

    private static long Share(long divisor, long leastMegabytes, long mostMegabytes) =>
        Math.Clamp(Available / divisor, leastMegabytes * Mega, mostMegabytes * Mega);
}
