using Cycles.Bench.Memory;
using Cycles.Bench.Report;

namespace Cycles.Bench.Lists;

/// <summary>How long the answers to one shape took.</summary>
/// <param name="Shape">What was asked.</param>
/// <param name="Sorted">Each answer, the fastest first.</param>
/// <param name="Processor">Processor time of the server for each, with what it did besides: at rest that of the page, whatever else the machine does.</param>
internal sealed record ShapeResult(ListShape Shape, TimeSpan[] Sorted, TimeSpan Processor)
{
    public double Ms(double quantile) => Quantile.Of(Sorted, quantile).TotalMilliseconds;
}

/// <summary>What reserves came to, while lists were in use or not.</summary>
/// <param name="Moment">In which state.</param>
/// <param name="OperationsPerSecond">Reserves a second.</param>
/// <param name="ProcessorUs">Processor time of the server for each, in microseconds: with what it did besides.</param>
/// <param name="Problem">An answer that was not wanted.</param>
internal sealed record LoadResult(string Moment, double OperationsPerSecond, double ProcessorUs, string? Problem);

/// <summary>What a run of lists showed.</summary>
internal sealed record ListResult
{
    public required int Tenants { get; init; }
    public required int Budgets { get; init; }

    /// <summary>The first page of the index: it is read from the store.</summary>
    public required TimeSpan Build { get; init; }

    public required MemoryReading Before { get; init; }
    public required MemoryReading After { get; init; }

    /// <summary>The pages while nothing else is asked.</summary>
    public required IReadOnlyList<ShapeResult> Idle { get; init; }

    /// <summary>The pages beside some 500 reserves a second.</summary>
    public required IReadOnlyList<ShapeResult> ModerateLoad { get; init; }

    /// <summary>The pages beside as many reserves as there can be.</summary>
    public required IReadOnlyList<ShapeResult> FullLoad { get; init; }

    public required IReadOnlyList<LoadResult> Loads { get; init; }
}
