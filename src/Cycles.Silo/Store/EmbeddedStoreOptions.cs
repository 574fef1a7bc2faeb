namespace Cycles.Silo.Store;

/// <summary>How the embedded store uses memory and disk (configuration section <c>Cycles:EmbeddedStore</c>). Sizes are such as <c>256m</c>.</summary>
public sealed class EmbeddedStoreOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cycles:EmbeddedStore";

    /// <summary>How much of the data is kept in memory; the rest is on disk. Null takes what <see cref="Memory.MemoryPlan"/> gives it.</summary>
    public string? Memory { get; set; }

    /// <summary>The size of the hash index at its start; about 8 bytes a key. Null takes what <see cref="Memory.MemoryPlan"/> gives it.</summary>
    public string? Index { get; set; }

    /// <summary>At this size of the append-only file a checkpoint is taken and the file begins anew.</summary>
    public string AppendOnlyFileLimit { get; set; } = "1g";

    /// <summary>
    /// How much must be free on the disk, in MB, 1 to 1,000,000, before the store starts, or starts again after its disk was full. Default 16.
    /// </summary>
    public int MinimumFreeMegabytes { get; set; } = 16;
}
