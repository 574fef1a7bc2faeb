namespace Cycles.Bench.Limits;

/// <summary>How a server fared in a small container.</summary>
internal sealed record LimitResult
{
    public required int Megabytes { get; init; }
    public required int RecordBytes { get; init; }

    /// <summary>Commits that were answered.</summary>
    public long Pairs { get; init; }

    /// <summary>Answers of 503: it had no room.</summary>
    public long TurnedAway { get; init; }

    public long P99Us { get; init; }

    /// <summary>The most memory that the container had in use; 0 where the kernel does not say.</summary>
    public long PeakBytes { get; init; }

    /// <summary>How it ended when it was asked to.</summary>
    public required string End { get; init; }

    /// <summary>What was wrong; null when nothing was.</summary>
    public string? Problem { get; init; }
}
