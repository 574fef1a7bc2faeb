namespace Cycles.Bench.Load;

/// <summary>What a script printed at the end of a run.</summary>
internal sealed record WrkResult
{
    /// <summary>Answers that wrk received.</summary>
    public required long Requests { get; init; }

    public required long DurationUs { get; init; }
    public required long P50Us { get; init; }
    public required long P95Us { get; init; }
    public required long P99Us { get; init; }

    /// <summary>Answers of status 400 and above, counted by wrk.</summary>
    public required long ErrorStatuses { get; init; }

    /// <summary>Connects, reads and writes that failed, and answers that took longer than wrk waits.</summary>
    public required long SocketErrors { get; init; }

    /// <summary>Processor time of wrk.</summary>
    public required long ClientCpuUs { get; init; }

    /// <summary>What the script counted as done.</summary>
    public required long Succeeded { get; init; }

    /// <summary>Answers that the script did not want.</summary>
    public required long Refused { get; init; }

    /// <summary>Those of them that said 503: come again in a second.</summary>
    public required long TurnedAway { get; init; }

    /// <summary>The first of them that said anything else.</summary>
    public required string Refusal { get; init; }
}
