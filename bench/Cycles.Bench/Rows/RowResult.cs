using Cycles.Bench.Load;

namespace Cycles.Bench.Rows;

/// <summary>What a row came to.</summary>
internal sealed record RowResult
{
    public required Row Row { get; init; }

    /// <summary>Requests answered as wanted; for a pair, commits.</summary>
    public required long Operations { get; init; }

    public required WrkResult Load { get; init; }
    public required TimeSpan ServerProcessorTime { get; init; }
    public required TimeSpan? RedisProcessorTime { get; init; }

    /// <summary>The part of the machine, 0 to 1, that processes outside the bench took meanwhile.</summary>
    public required double OthersShare { get; init; }

    /// <summary>What was not as wanted; null when all was.</summary>
    public required string? Problem { get; init; }

    public double OperationsPerSecond => Operations * 1e6 / Load.DurationUs;
    public double ServerMicrosecondsPerOperation => ServerProcessorTime.TotalMicroseconds / Math.Max(Operations, 1);
    public double? RedisMicrosecondsPerOperation => RedisProcessorTime?.TotalMicroseconds / Math.Max(Operations, 1);

    /// <summary>One line while the bench runs.</summary>
    public string Summary =>
        $"{Servers.StoreNames.NameOf(Row.Store)} {WorkloadNames.NameOf(Row.Workload)}, {Row.Scopes} scopes, {Row.Tenants} tenants, "
        + $"{Row.Connections} connections: {OperationsPerSecond:n0}/s, p50 {Load.P50Us / 1e3:n2} ms, p99 {Load.P99Us / 1e3:n2} ms, "
        + $"server {ServerMicrosecondsPerOperation:n0} CPU-µs/op, others {OthersShare:p0} of the machine"
        + (Problem is null ? "" : $"  WRONG: {Problem}");
}
