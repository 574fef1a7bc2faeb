using Cycles.Bench.Servers;

namespace Cycles.Bench.Memory;

/// <summary>What a store's server held before and after the pairs.</summary>
internal sealed record MemoryResult
{
    public required StoreKind Store { get; init; }
    public required long BasePairs { get; init; }
    public required long Pairs { get; init; }
    public required MemoryReading Before { get; init; }
    public required MemoryReading AtOnce { get; init; }
    public required MemoryReading After { get; init; }

    /// <summary>How long the server was left alone before the last reading.</summary>
    public required TimeSpan Settled { get; init; }

    public required string? Problem { get; init; }
}
