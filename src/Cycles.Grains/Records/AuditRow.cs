using Cycles.Protocol.Audit;

namespace Cycles.Grains.Records;

/// <summary>What the index knows of an entry: all that can be asked for, and nothing else. It reads as JSON what an entry was written as.</summary>
[GenerateSerializer, Immutable, Alias("cycles.audit-row")]
internal sealed record AuditRow
{
    [Id(0)]
    public required string LogId { get; init; }

    [Id(1)]
    public required DateTimeOffset Timestamp { get; init; }

    [Id(2)]
    public required string TenantId { get; init; }

    [Id(3)]
    public required string Operation { get; init; }

    [Id(4)]
    public required int Status { get; init; }

    [Id(5)]
    public string? KeyId { get; init; }

    [Id(6)]
    public string? ResourceType { get; init; }

    [Id(7)]
    public string? ResourceId { get; init; }

    [Id(8)]
    public string? RequestId { get; init; }

    [Id(9)]
    public string? TraceId { get; init; }

    [Id(10)]
    public string? ErrorCode { get; init; }

    public static AuditRow Of(AuditLogEntry entry) => new()
    {
        LogId = entry.LogId,
        Timestamp = entry.Timestamp,
        TenantId = entry.TenantId,
        Operation = entry.Operation,
        Status = entry.Status,
        KeyId = entry.KeyId,
        ResourceType = entry.ResourceType,
        ResourceId = entry.ResourceId,
        RequestId = entry.RequestId,
        TraceId = entry.TraceId,
        ErrorCode = entry.ErrorCode,
    };
}
