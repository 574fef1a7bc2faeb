namespace Cycles.Bench.Memory;

/// <summary>What the server holds at one moment, garbage collected.</summary>
/// <param name="LiveBytes">Live objects, without the pinned heap.</param>
/// <param name="PinnedBytes">The pinned heap: buffers of sockets, and all pages of the embedded store, which are its data.</param>
/// <param name="ResidentBytes">The whole process, from the kernel.</param>
internal readonly record struct MemoryReading(long LiveBytes, long PinnedBytes, long ResidentBytes);
