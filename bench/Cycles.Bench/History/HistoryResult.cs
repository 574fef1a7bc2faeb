using Cycles.Bench.Memory;
using Cycles.Bench.Servers;

namespace Cycles.Bench.History;

/// <summary>What a run of one store has shown.</summary>
internal sealed record HistoryResult
{
    public required StoreKind Store { get; init; }
    public required int Reservations { get; init; }
    public required TimeSpan Fill { get; init; }
    public required long RedisBytes { get; init; }

    /// <summary>From the first request after a restart to its answer: of a tenant without a history, and of one with.</summary>
    public required TimeSpan FirstWithout { get; init; }
    public required TimeSpan FirstWith { get; init; }

    /// <summary>The first page of a list after a restart.</summary>
    public required TimeSpan FirstPage { get; init; }

    /// <summary>Before the tenant with the history was asked for anything, after its first reserve, and after all pages.</summary>
    public required MemoryReading Before { get; init; }
    public required MemoryReading Active { get; init; }
    public required MemoryReading Listed { get; init; }

    public required IReadOnlyList<HistoryPages> Pages { get; init; }

    public required IReadOnlyList<HistoryThroughput> Throughput { get; init; }

    public string? Problem { get; init; }
}

/// <summary>How long pages of a list took.</summary>
internal sealed record HistoryPages(string Name, int Rows, double P50Ms, double P99Ms, double CpuMs, double FewestRows);

/// <summary>Operations a second and the server's processor time for each, in turns, of the tenant with the history and of two without.</summary>
internal sealed record HistoryThroughput(string Workload, double With, double Without, double WithoutToo, double CpuWithUs, double CpuWithoutUs, string? Problem)
{
    public double Ratio => With / ((Without + WithoutToo) / 2);
}
